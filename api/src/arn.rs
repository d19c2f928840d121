//! Reads ARNs of our own resources.

use corpus::KnowledgeBaseId;

/// The knowledge base that an ARN names. Region and account are not compared: ids alone are
/// unique, and clients may carry the account that they use elsewhere.
pub(crate) fn knowledge_base(arn: &str) -> Option<KnowledgeBaseId> {
    let mut parts = arn.splitn(6, ':');
    let ("arn", _partition, "bedrock", _region, _account) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?)
    else {
        return None;
    };
    parts.next()?.strip_prefix("knowledge-base/")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_knowledge_bases_are_read() {
        let base = "arn:aws:bedrock:us-east-1:000000000000:";
        for (resource, expect) in [
            ("knowledge-base/ABCDEFGHIJ", true),
            ("knowledge-base/ABCDEFGHIJ/x", false),
            ("agent/ABCDEFGHIJ", false),
            ("", false),
        ] {
            assert_eq!(knowledge_base(&format!("{base}{resource}")).is_some(), expect);
        }
        assert_eq!(knowledge_base("ABCDEFGHIJ"), None);
    }
}
