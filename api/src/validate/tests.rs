#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::operations::Service;

const ROLE: &str = "arn:aws:iam::123456789012:role/r";

/// Checks an input of `bedrock-agent`, or of its runtime where that has the operation.
fn check(operation: &str, input: &Value, expect: Result<(), &str>) {
    let agent = Constraints::of(Service::BedrockAgent).unwrap();
    let table = match agent.input(operation) {
        Some(_) => agent,
        None => Constraints::of(Service::BedrockAgentRuntime).unwrap(),
    };
    match (validate(table, operation, input), expect) {
        (Ok(()), Ok(())) => {}
        (Err(error), Err(message)) => assert_eq!(error.to_string(), message),
        (Ok(()), Err(message)) => assert_eq!("accepted", message),
        (Err(error), Ok(())) => assert_eq!(error.to_string(), "accepted"),
    }
}

/// A valid `CreateKnowledgeBase` with one member set to another value.
fn knowledge_base(name: &str, value: Value) -> Value {
    let mut input = json!({
        "name": "kb",
        "roleArn": ROLE,
        "knowledgeBaseConfiguration": {
            "type": "VECTOR",
            "vectorKnowledgeBaseConfiguration": {"embeddingModelArn": "amazon.titan-embed-text-v1"},
        },
    });
    input[name] = value;
    input
}

fn check_member(name: &str, value: Value, expect: Result<(), &str>) {
    let expect = expect.map_err(|message| {
        format!(
            "1 validation error detected: Value at '{name}' failed to satisfy constraint: {message}"
        )
    });
    let expect = expect.as_ref().copied().map_err(String::as_str);
    check("CreateKnowledgeBase", &knowledge_base(name, value), expect);
}

#[test]
fn members_are_required_bounded_and_patterned() {
    check_member("name", json!("kb_1"), Ok(()));
    check_member("name", Value::Null, Err("Member must not be null"));
    check_member("name", json!(5), Err("Member must be a string"));
    check_member(
        "name",
        json!("not a name"),
        Err("Member must satisfy regular expression pattern: ([0-9a-zA-Z][_-]?){1,100}"),
    );
    let too_short = "Member must have length greater than or equal to 1";
    check_member("description", json!(""), Err(too_short));
    check_member("description", json!("ä".repeat(200)), Ok(()));
    let too_long = "Member must have length less than or equal to 200";
    check_member("description", json!("ä".repeat(201)), Err(too_long));
    check_member("description", Value::Null, Ok(()));
    check_member("unknown", json!({"any": "thing"}), Ok(()));
    check_member("tags", json!({"k": "v"}), Ok(()));
    check_member("tags", json!(["k"]), Err("Member must be an object"));
}

#[test]
fn violations_are_listed_with_their_paths() {
    let input = json!({"knowledgeBaseConfiguration": {"type": "X"}, "tags": {"": "v"}});
    check(
        "CreateKnowledgeBase",
        &input,
        Err("4 validation errors detected: \
             Value at 'name' failed to satisfy constraint: Member must not be null; \
             Value at 'roleArn' failed to satisfy constraint: Member must not be null; \
             Value at 'knowledgeBaseConfiguration.type' failed to satisfy constraint: \
             Member must satisfy enum value set: [VECTOR, KENDRA, SQL, MANAGED]; \
             Value at 'tags.1.key' failed to satisfy constraint: \
             Member must have length greater than or equal to 1"),
    );
}

#[test]
fn unions_have_exactly_one_member() {
    let operators = "andAll, equals, greaterThan, greaterThanOrEquals, in, lessThan, \
                     lessThanOrEquals, listContains, notEquals, notIn, orAll, startsWith, \
                     stringContains";
    let refusal = format!(
        "1 validation error detected: Value at \
         'retrievalConfiguration.vectorSearchConfiguration.filter' failed to satisfy constraint: \
         Member must have exactly one of these set: [{operators}]"
    );
    let condition = json!({"key": "k", "value": 1});
    for (filter, fits) in [
        (json!({"equals": condition}), true),
        (json!({"equals": condition, "in": null, "newOperator": 1}), true),
        (json!({"equals": condition, "in": condition}), false),
        (json!({}), false),
    ] {
        let input = json!({
            "knowledgeBaseId": "ABCDEFGHIJ",
            "retrievalQuery": {"text": "q"},
            "retrievalConfiguration": {"vectorSearchConfiguration": {"filter": filter}},
        });
        check("Retrieve", &input, if fits { Ok(()) } else { Err(&refusal) });
    }
}

#[test]
fn numbers_and_blobs_are_bounded() {
    let results = |number: Value| {
        json!({
            "knowledgeBaseId": "ABCDEFGHIJ",
            "retrievalQuery": {"text": "q"},
            "retrievalConfiguration": {"vectorSearchConfiguration": {"numberOfResults": number}},
        })
    };
    let refusal = |message: &str| {
        format!(
            "1 validation error detected: Value at \
             'retrievalConfiguration.vectorSearchConfiguration.numberOfResults' failed to satisfy \
             constraint: {message}"
        )
    };
    check("Retrieve", &results(json!(100)), Ok(()));
    let too_large = refusal("Member must have value less than or equal to 100");
    check("Retrieve", &results(json!(101)), Err(&too_large));
    let too_small = refusal("Member must have value greater than or equal to 1");
    check("Retrieve", &results(json!(-1)), Err(&too_small));
    check("Retrieve", &results(json!(1.5)), Err(&refusal("Member must be an integer")));
    for (base64, length) in [("", 0), ("AA==", 1), ("AAA=", 2), ("AAAA", 3), ("AAAAAA", 4)] {
        assert_eq!(decoded_length(base64), length, "{base64}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        "[a-z]{1,8}",
        proptest::sample::select(vec![
            "name",
            "type",
            "tags",
            "filter",
            "equals",
            "andAll",
            "key",
            "value",
            "documents",
            "content",
            "custom",
            "knowledgeBaseConfiguration",
            "storageConfiguration",
            "retrievalConfiguration",
            "vectorSearchConfiguration",
            "retrievalQuery",
            "text",
        ])
        .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(8, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(name.clone(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_input_makes_it_panic_or_talk_without_end(input in any_json()) {
        for (service, operation) in [
            (Service::BedrockAgent, "CreateKnowledgeBase"),
            (Service::BedrockAgent, "IngestKnowledgeBaseDocuments"),
            (Service::BedrockAgentRuntime, "Retrieve"),
        ] {
            let table = Constraints::of(service).unwrap();
            if let Err(error) = validate(table, operation, &input) {
                let told = matches!(&error, ApiError::Validation { fields, .. }
                    if !fields.is_empty() && fields.len() <= MOST);
                prop_assert!(told, "{error}");
            }
        }
    }
}
