//! Every operation of Bedrock's four services, offered here or not, and which of them a request
//! asks for.
//!
//! The table is made from the published model by `tests/python/make_operations.py`, and a test
//! compares the two.

use std::sync::LazyLock;

use axum::http::{Method, StatusCode};

/// Bedrock's services; one endpoint answers for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Service {
    Bedrock,
    BedrockAgent,
    BedrockAgentRuntime,
    BedrockRuntime,
}

impl Service {
    /// Its name as botocore has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bedrock => "bedrock",
            Self::BedrockAgent => "bedrock-agent",
            Self::BedrockAgentRuntime => "bedrock-agent-runtime",
            Self::BedrockRuntime => "bedrock-runtime",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Bedrock, Self::BedrockAgent, Self::BedrockAgentRuntime, Self::BedrockRuntime]
            .into_iter()
            .find(|service| service.name() == name)
    }
}

/// An operation and its route.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) service: Service,
    pub(crate) name: &'static str,
    /// The status of success.
    pub(crate) status: StatusCode,
    method: Method,
    template: Vec<Segment>,
}

#[derive(Debug)]
enum Segment {
    Literal(&'static str),
    Label(&'static str),
}

/// The labels of a path, by their names in the template.
pub(crate) type Labels = Vec<(&'static str, String)>;

/// The operation that a method and the decoded segments of a path ask for, and the path's labels.
///
/// Where two templates fit, the one with more literal segments is meant. The operations on tags
/// are in two services under one path; which is meant, the kind of resource tells.
pub(crate) fn find(method: &Method, path: &[String]) -> Option<(&'static Operation, Labels)> {
    let tags_session = path.len() == 2 && path[0] == "tags" && path[1].contains(":session/");
    let tagging = if tags_session { Service::BedrockAgentRuntime } else { Service::BedrockAgent };
    OPERATIONS
        .iter()
        .filter(|operation| operation.method == *method)
        .filter_map(|operation| Some((operation, operation.labels(path)?)))
        .max_by_key(|(operation, _)| (operation.literals(), operation.service == tagging))
}

impl Operation {
    fn labels(&self, path: &[String]) -> Option<Labels> {
        if path.len() != self.template.len() {
            return None;
        }
        let mut labels = Vec::new();
        for (segment, text) in self.template.iter().zip(path) {
            match segment {
                Segment::Literal(literal) if literal == text => {}
                Segment::Literal(_) => return None,
                Segment::Label(name) => labels.push((*name, text.clone())),
            }
        }
        Some(labels)
    }

    fn literals(&self) -> usize {
        self.template.iter().filter(|segment| matches!(segment, Segment::Literal(_))).count()
    }

    fn parse(line: &'static str) -> Option<Self> {
        let mut columns = line.split('\t');
        Some(Self {
            service: Service::from_name(columns.next()?)?,
            name: columns.next()?,
            method: columns.next()?.parse().ok()?,
            template: columns.next()?.split('/').filter(|s| !s.is_empty()).map(segment).collect(),
            status: columns.next()?.parse().ok()?,
        })
    }
}

fn segment(text: &'static str) -> Segment {
    match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
        Some(name) => Segment::Label(name),
        None => Segment::Literal(text),
    }
}

/// All of them.
pub(crate) static OPERATIONS: LazyLock<Vec<Operation>> =
    LazyLock::new(|| include_str!("operations.tsv").lines().filter_map(Operation::parse).collect());

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: &Method, path: &str, expect: &str) {
        let path = crate::path::segments(path).unwrap_or_default();
        let found = find(method, &path).map(|(operation, labels)| {
            let labels: Vec<_> = labels.iter().map(|(_, value)| value.as_str()).collect();
            format!("{}.{} {}", operation.service.name(), operation.name, labels.join(" "))
        });
        assert_eq!(found.as_deref().unwrap_or("none").trim(), expect, "{method} {path:?}");
    }

    #[test]
    fn the_table_is_whole() {
        assert_eq!(OPERATIONS.len(), include_str!("operations.tsv").lines().count());
    }

    #[test]
    fn requests_find_their_operation() {
        check(&Method::PUT, "/knowledgebases/", "bedrock-agent.CreateKnowledgeBase");
        check(&Method::PUT, "/knowledgebases", "bedrock-agent.CreateKnowledgeBase");
        check(&Method::POST, "/knowledgebases", "bedrock-agent.ListKnowledgeBases");
        check(&Method::GET, "/knowledgebases/K", "bedrock-agent.GetKnowledgeBase K");
        check(&Method::POST, "/knowledgebases/K/retrieve/", "bedrock-agent-runtime.Retrieve K");
        check(
            &Method::POST,
            "/knowledgebases/K/datasources/D/documents/getDocuments",
            "bedrock-agent.GetKnowledgeBaseDocuments K D",
        );
        check(&Method::DELETE, "/knowledgebases", "none");
        check(&Method::GET, "/", "none");
    }

    #[test]
    fn literals_go_before_labels() {
        check(&Method::POST, "/flows/validate-definition", "bedrock-agent.ValidateFlowDefinition");
        check(&Method::POST, "/flows/F", "bedrock-agent.PrepareFlow F");
    }

    #[test]
    fn tags_belong_to_the_service_of_the_resource() {
        let knowledge_base = "arn:aws:bedrock:us-east-1:000000000000:knowledge-base/K";
        let session = "arn:aws:bedrock:us-east-1:000000000000:session/S";
        for (arn, service) in
            [(knowledge_base, "bedrock-agent"), (session, "bedrock-agent-runtime")]
        {
            let path = format!("/tags/{}", arn.replace('/', "%2F"));
            check(&Method::POST, &path, &format!("{service}.TagResource {arn}"));
            check(&Method::GET, &path, &format!("{service}.ListTagsForResource {arn}"));
        }
    }
}
