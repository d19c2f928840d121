//! The requests that the commands send, in Bedrock's shapes.

use std::path::Path;

use serde_json::{Value, json};

/// The id that the embedding model has for the commands, unless they are told another. The routing
/// table of the configuration says which model that is.
pub(crate) const EMBEDDING_MODEL: &str = "amazon.titan-embed-text-v2:0";

/// The id that the answering model has for the commands, unless they are told another.
pub(crate) const GENERATION_MODEL: &str = "amazon.nova-lite-v1:0";

/// The role that a new knowledge base names. It means nothing here.
const ROLE: &str = "arn:aws:iam::000000000000:role/outcrop";

/// The ARN of a model; ARNs stay as they are.
pub(crate) fn model_arn(region: &str, model: &str) -> String {
    if model.starts_with("arn:") {
        model.to_owned()
    } else {
        format!("arn:aws:bedrock:{region}::foundation-model/{model}")
    }
}

/// A `CreateKnowledgeBase`.
pub(crate) fn new_knowledge_base(name: &str, description: &str, embedding_model: &str) -> Value {
    json!({
        "name": name,
        "description": description,
        "roleArn": ROLE,
        "knowledgeBaseConfiguration": {
            "type": "VECTOR",
            "vectorKnowledgeBaseConfiguration": {"embeddingModelArn": embedding_model},
        },
    })
}

/// A `CreateDataSource` of a folder.
pub(crate) fn new_folder(name: &str, folder: &Path) -> Value {
    json!({
        "name": name,
        "dataSourceConfiguration": {
            "type": "FOLDER",
            "folderConfiguration": {"path": folder.to_string_lossy()},
        },
    })
}

/// The folder that a data source reads, if it reads one.
pub(crate) fn folder_of(data_source: &Value) -> Option<&str> {
    let configuration = &data_source["dataSourceConfiguration"];
    let parameters =
        &configuration["managedKnowledgeBaseConnectorConfiguration"]["connectorParameters"];
    configuration["folderConfiguration"]["path"].as_str().or_else(|| parameters["path"].as_str())
}

/// A `RetrieveAndGenerate`.
pub(crate) fn question(knowledge_base: &str, model_arn: &str, question: &str) -> Value {
    json!({
        "input": {"text": question},
        "retrieveAndGenerateConfiguration": {
            "type": "KNOWLEDGE_BASE",
            "knowledgeBaseConfiguration": {
                "knowledgeBaseId": knowledge_base,
                "modelArn": model_arn,
            },
        },
    })
}

/// A text as a name that Bedrock accepts: letters and digits, with single `-` or `_` between.
pub(crate) fn name_of(text: &str) -> String {
    let mut name = String::new();
    for character in text.chars().take(100) {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' => name.push(character),
            _ if name.ends_with('-') || name.is_empty() => {}
            _ => name.push('-'),
        }
    }
    let name = name.trim_end_matches('-');
    if name.is_empty() { "documents".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_name(text: &str, expect: &str) {
        assert_eq!(name_of(text), expect, "{text}");
    }

    #[test]
    fn names_are_made_acceptable() {
        check_name("handbook", "handbook");
        check_name("My Documents (2026)", "My-Documents-2026");
        check_name("  spaced  ", "spaced");
        check_name("資料", "documents");
        check_name("", "documents");
    }
}
