//! What configurations of knowledge bases mean here, and which are refused.
//!
//! The storage configuration is checked and echoed; our own index serves in its place. What would
//! change results and is not built is refused rather than passed over.

use corpus::KnowledgeBase;
use serde_json::Value;

use crate::error::ApiError;
use crate::members::{absent, only};

/// The member that holds the settings of each type of storage.
const STORAGE: [(&str, &str); 8] = [
    ("OPENSEARCH_SERVERLESS", "opensearchServerlessConfiguration"),
    ("OPENSEARCH_MANAGED_CLUSTER", "opensearchManagedClusterConfiguration"),
    ("PINECONE", "pineconeConfiguration"),
    ("REDIS_ENTERPRISE_CLOUD", "redisEnterpriseCloudConfiguration"),
    ("RDS", "rdsConfiguration"),
    ("MONGO_DB_ATLAS", "mongoDbAtlasConfiguration"),
    ("NEPTUNE_ANALYTICS", "neptuneAnalyticsConfiguration"),
    ("S3_VECTORS", "s3VectorsConfiguration"),
];

/// The members that hold the settings of each type of knowledge base.
const KINDS: [&str; 4] = [
    "vectorKnowledgeBaseConfiguration",
    "managedKnowledgeBaseConfiguration",
    "kendraKnowledgeBaseConfiguration",
    "sqlKnowledgeBaseConfiguration",
];

/// The embedding model that a `knowledgeBaseConfiguration` asks for.
pub(crate) fn embedding_model(configuration: &Value) -> Result<&str, ApiError> {
    const AT: &str = "knowledgeBaseConfiguration";
    let kind = configuration["type"].as_str().unwrap_or_default();
    if kind != "VECTOR" {
        return Err(ApiError::field(
            &format!("{AT}.type"),
            format!("knowledge bases of type {kind} are not offered by this server: use VECTOR"),
        ));
    }
    only(configuration, AT, kind, &KINDS, Some(KINDS[0]))?;
    let vector = &configuration[KINDS[0]];
    let at = format!("{AT}.{}", KINDS[0]);
    absent(vector, &at, &["supplementalDataStorageConfiguration"])?;
    let model = &vector["embeddingModelConfiguration"]["bedrockEmbeddingModelConfiguration"];
    let at = format!("{at}.embeddingModelConfiguration.bedrockEmbeddingModelConfiguration");
    absent(model, &at, &["audio", "video", "modelConfiguration"])?;
    if model["embeddingDataType"] == "BINARY" {
        return Err(ApiError::field(
            &format!("{at}.embeddingDataType"),
            "binary vectors are not offered by this server: use FLOAT32",
        ));
    }
    Ok(vector["embeddingModelArn"].as_str().unwrap_or_default())
}

/// Checks that a `storageConfiguration` holds the settings of its type, and no others.
pub(crate) fn check_storage(storage: &Value) -> Result<(), ApiError> {
    const AT: &str = "storageConfiguration";
    let kind = storage["type"].as_str().unwrap_or_default();
    let settings = STORAGE.iter().find(|(name, _)| *name == kind).map(|(_, member)| *member);
    only(storage, AT, kind, &STORAGE.map(|(_, member)| member), settings)?;
    let vectors = &storage["s3VectorsConfiguration"];
    let given = |name: &str| !vectors[name].is_null();
    if vectors.is_object()
        && !given("indexArn")
        && !(given("vectorBucketArn") && given("indexName"))
    {
        return Err(ApiError::field(
            &format!("{AT}.s3VectorsConfiguration"),
            "needs indexArn, or both vectorBucketArn and indexName",
        ));
    }
    Ok(())
}

/// Checks that an update leaves alone what the index was made for. A storage configuration may be
/// left out.
pub(crate) fn check_unchanged(
    present: &KnowledgeBase,
    configuration: &Value,
    storage: Option<&Value>,
) -> Result<(), ApiError> {
    let member = if *configuration != present.configuration {
        "knowledgeBaseConfiguration"
    } else if storage.is_some() && storage != present.storage_configuration.as_ref() {
        "storageConfiguration"
    } else {
        return Ok(());
    };
    Err(ApiError::field(
        member,
        "cannot be changed: repeat what GetKnowledgeBase returns, or create another knowledge base",
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check<T>(result: Result<T, ApiError>, expect: Result<(), &str>) {
        match (result, expect) {
            (Ok(_), Ok(())) => {}
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (Ok(_), Err(part)) => assert_eq!("accepted", part),
            (Err(error), Ok(())) => assert_eq!(error.to_string(), "accepted"),
        }
    }

    #[test]
    fn only_vector_knowledge_bases_are_built() {
        let vector = json!({"embeddingModelArn": "amazon.titan-embed-text-v1"});
        let with = |vector: Value| {
            let configuration =
                json!({"type": "VECTOR", "vectorKnowledgeBaseConfiguration": vector});
            embedding_model(&configuration).map(str::to_owned)
        };
        check(with(vector.clone()), Ok(()));
        check(with(Value::Null), Err("type VECTOR needs it"));
        check(embedding_model(&json!({"type": "KENDRA"})), Err("use VECTOR"));
        check(
            embedding_model(&json!({
                "type": "VECTOR",
                "vectorKnowledgeBaseConfiguration": vector,
                "sqlKnowledgeBaseConfiguration": {"type": "REDSHIFT"},
            })),
            Err("does not belong to type VECTOR"),
        );
        check(with(json!({"supplementalDataStorageConfiguration": {}})), Err("not yet supported"));
        let model = |model: Value| {
            with(json!({
                "embeddingModelArn": "amazon.titan-embed-text-v2:0",
                "embeddingModelConfiguration": {"bedrockEmbeddingModelConfiguration": model},
            }))
        };
        check(model(json!({"dimensions": 1024, "embeddingDataType": "FLOAT32"})), Ok(()));
        check(model(json!({"embeddingDataType": "BINARY"})), Err("use FLOAT32"));
        check(model(json!({"audio": []})), Err("not yet supported"));
    }

    #[test]
    fn storage_has_the_settings_of_its_type() {
        for (kind, member) in STORAGE.iter().filter(|(kind, _)| *kind != "S3_VECTORS") {
            check(check_storage(&json!({"type": kind, *member: {}})), Ok(()));
            check(check_storage(&json!({"type": kind})), Err("needs it"));
            let other = json!({"type": kind, *member: {}, "s3VectorsConfiguration": {}});
            check(check_storage(&other), Err("does not belong"));
        }
        let s3 = |settings: Value| {
            check_storage(&json!({"type": "S3_VECTORS", "s3VectorsConfiguration": settings}))
        };
        check(s3(json!({"indexArn": "arn"})), Ok(()));
        check(s3(json!({"vectorBucketArn": "arn", "indexName": "i"})), Ok(()));
        check(s3(json!({"indexName": "i"})), Err("needs indexArn"));
    }
}
