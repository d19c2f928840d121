//! Random filters on random metadata mean to both stores what they are defined to mean.

#![expect(clippy::unwrap_used, reason = "tests")]

use corpus::{Filter, Metadata, MetadataValue, Operand, Operator, VectorStore};
use fixtures::qdrant_server::QdrantServer;
use fixtures::vector_store_contract::agrees;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use vectors::{EdgeConfig, EdgeStore, QdrantConfig, QdrantStore};

/// Few values and keys, so that filters often match.
fn value() -> impl Strategy<Value = MetadataValue> {
    prop_oneof![
        text().prop_map(MetadataValue::String),
        prop_oneof![Just(0.0), Just(1.0), Just(1.5), Just(-2.0), any::<f32>().prop_map(f64::from)]
            .prop_filter("numbers are finite", |number| number.is_finite())
            .prop_map(MetadataValue::Number),
        any::<bool>().prop_map(MetadataValue::Boolean),
        vec(text(), 0..4).prop_map(MetadataValue::StringList),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just("a".to_owned()), Just("b".to_owned()), Just("ab".to_owned()), "\\PC{0,5}"]
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![4 => Just("a".to_owned()), 4 => Just("a.b".to_owned()), 1 => "\\PC{0,3}"]
}

/// What the stores need not support is left out.
fn filter() -> impl Strategy<Value = Filter> {
    let operators: Vec<Operator> = Operator::ALL
        .into_iter()
        .filter(|operator| !matches!(operator, Operator::StartsWith | Operator::StringContains))
        .collect();
    let operand =
        prop_oneof![value().prop_map(Operand::One), vec(value(), 0..4).prop_map(Operand::Several)];
    let condition = (proptest::sample::select(operators), key(), operand)
        .prop_map(|(operator, key, value)| Filter::Condition { operator, key, value })
        .prop_filter("only valid filters reach a store", |filter| filter.validate().is_ok());
    condition.prop_recursive(3, 12, 3, |inner| {
        let group = vec(inner, 2..4);
        prop_oneof![group.clone().prop_map(Filter::AndAll), group.prop_map(Filter::OrAll),]
    })
}

/// Some documents, and some filters to ask for them by.
fn cases(count: usize) -> Vec<(Vec<Metadata>, Vec<Filter>)> {
    let case = (vec(btree_map(key(), value(), 0..4), 1..30), vec(filter(), 40));
    let mut runner = TestRunner::default();
    (0..count).map(|_| case.new_tree(&mut runner).unwrap().current()).collect()
}

async fn check(store: &dyn VectorStore) {
    for (documents, filters) in cases(25) {
        agrees(store, &documents, &filters).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn embedded() {
    let directory = tempfile::tempdir().unwrap();
    check(&EdgeStore::open(directory.path(), EdgeConfig::default()).await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn remote() {
    let server = QdrantServer::start().await.unwrap();
    check(&QdrantStore::new(&QdrantConfig::at(server.url())).unwrap()).await;
}
