//! Knowledge bases, tags and data sources.

use std::collections::BTreeMap;

use catalog::{CatalogError, DataSourceUpdate, KnowledgeBaseUpdate, Page};
use corpus::{
    DataDeletionPolicy, DataSourceId, DataSourceStatus, FolderSource, KnowledgeBaseId,
    KnowledgeBaseStatus, SourceConfiguration,
};
use serde_json::json;

use crate::support::{
    Fixture, data_source, is_conflict, is_not_found, job, kb_names, knowledge_base, names,
};

const UNKNOWN: &str = "ZZZZZZZZZZ";

fn update(name: &str) -> KnowledgeBaseUpdate {
    KnowledgeBaseUpdate {
        name: name.to_owned(),
        description: None,
        role_arn: "arn:aws:iam::123456789012:role/other".to_owned(),
    }
}

#[tokio::test]
async fn a_knowledge_base_is_created_read_changed_and_removed() {
    let fixture = Fixture::new().await;
    let catalog = &fixture.catalog;
    let created = catalog.create_knowledge_base(knowledge_base("two")).await.unwrap();
    assert_eq!(created.status, KnowledgeBaseStatus::Active);
    assert_eq!(catalog.knowledge_base(created.id).await.unwrap(), created);

    fixture.clock.advance(std::time::Duration::from_micros(1_500));
    let changed = catalog.update_knowledge_base(created.id, update("three")).await.unwrap();
    assert_eq!((changed.name.as_str(), &changed.description), ("three", &None));
    assert_eq!(changed.updated_at - created.updated_at, time::Duration::microseconds(1_500));
    assert_eq!(changed.configuration, created.configuration);

    let deleting = catalog.delete_knowledge_base(created.id).await.unwrap();
    assert_eq!(deleting.status, KnowledgeBaseStatus::Deleting);
    assert_eq!(catalog.delete_knowledge_base(created.id).await.unwrap(), deleting);
    assert_eq!(catalog.knowledge_bases_to_delete().await.unwrap(), [created.id]);
    assert!(is_conflict(&catalog.update_knowledge_base(created.id, update("four")).await));
    assert!(is_conflict(&catalog.create_data_source(data_source(created.id, "late")).await));

    catalog.forget_knowledge_base(created.id).await.unwrap();
    catalog.forget_knowledge_base(created.id).await.unwrap();
    assert!(is_not_found(&catalog.knowledge_base(created.id).await, "knowledge base"));
    assert!(catalog.knowledge_bases_to_delete().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_knowledge_base_that_could_not_be_removed_says_why_and_is_tried_again() {
    let fixture = Fixture::new().await;
    let (catalog, kb) = (&fixture.catalog, fixture.kb);
    catalog.delete_knowledge_base(kb).await.unwrap();
    catalog.fail_delete_knowledge_base(kb, "no permission").await.unwrap();
    let stuck = catalog.knowledge_base(kb).await.unwrap();
    assert_eq!(stuck.status, KnowledgeBaseStatus::DeleteUnsuccessful);
    assert_eq!(stuck.failure_reasons, ["no permission"]);
    assert!(catalog.knowledge_bases_to_delete().await.unwrap().is_empty());
    let refused = catalog.create_data_source(data_source(kb, "late")).await.unwrap_err();
    assert!(refused.to_string().contains("could not be deleted"), "{refused}");
    let changed = catalog.update_knowledge_base(kb, update("renamed")).await.unwrap();
    assert_eq!(changed.status, KnowledgeBaseStatus::DeleteUnsuccessful);

    let again = catalog.delete_knowledge_base(kb).await.unwrap();
    assert_eq!((again.status, again.failure_reasons), (KnowledgeBaseStatus::Deleting, Vec::new()));
    assert_eq!(catalog.knowledge_bases_to_delete().await.unwrap(), [kb]);
    catalog.forget_knowledge_base(kb).await.unwrap();
    let gone = catalog.fail_delete_knowledge_base(kb, "late").await;
    assert!(is_not_found(&gone, "knowledge base"));
}

#[tokio::test]
async fn what_is_unknown_is_named() {
    let fixture = Fixture::new().await;
    let catalog = &fixture.catalog;
    let kb: KnowledgeBaseId = UNKNOWN.parse().unwrap();
    let ds: DataSourceId = UNKNOWN.parse().unwrap();
    let error = catalog.knowledge_base(kb).await.unwrap_err();
    assert_eq!(error.to_string(), "knowledge base 'ZZZZZZZZZZ' does not exist");
    assert!(!error.is_transient());
    assert!(is_not_found(&catalog.update_knowledge_base(kb, update("x")).await, "knowledge base"));
    assert!(is_not_found(&catalog.delete_knowledge_base(kb).await, "knowledge base"));
    assert!(is_not_found(&catalog.tags(kb).await, "knowledge base"));
    assert!(is_not_found(&catalog.summary(kb).await, "knowledge base"));
    assert!(is_not_found(&catalog.data_sources(kb, Page::default()).await, "knowledge base"));
    assert!(is_not_found(&catalog.data_source(kb, fixture.ds).await, "knowledge base"));
    assert!(is_not_found(&catalog.data_source(fixture.kb, ds).await, "data source"));
    assert!(is_not_found(&catalog.delete_data_source(fixture.kb, ds).await, "data source"));
    let documents = catalog.documents(fixture.kb, ds, Page::default()).await;
    assert!(is_not_found(&documents, "data source"));
}

#[tokio::test]
async fn names_are_unique() {
    let fixture = Fixture::new().await;
    let catalog = &fixture.catalog;
    let error = catalog.create_knowledge_base(knowledge_base("main")).await.unwrap_err();
    assert!(error.to_string().contains("choose another name"), "{error}");
    let other = catalog.create_knowledge_base(knowledge_base("other")).await.unwrap();
    assert!(is_conflict(&catalog.update_knowledge_base(other.id, update("main")).await));
    catalog.update_knowledge_base(other.id, update("other")).await.unwrap();

    assert!(is_conflict(&catalog.create_data_source(data_source(fixture.kb, "files")).await));
    catalog.create_data_source(data_source(other.id, "files")).await.unwrap();
}

#[tokio::test]
async fn a_client_token_creates_once() {
    let fixture = Fixture::new().await;
    let catalog = &fixture.catalog;
    let mut new = knowledge_base("token");
    new.client_token = Some("the-same-token".to_owned());
    let first = catalog.create_knowledge_base(new.clone()).await.unwrap();
    assert_eq!(catalog.create_knowledge_base(new.clone()).await.unwrap(), first);

    let mut source = data_source(first.id, "token");
    source.client_token = new.client_token.clone();
    let first_source = catalog.create_data_source(source.clone()).await.unwrap();
    assert_eq!(catalog.create_data_source(source).await.unwrap(), first_source);

    // What the token made is gone, so it means a new one.
    catalog.delete_knowledge_base(first.id).await.unwrap();
    catalog.forget_knowledge_base(first.id).await.unwrap();
    let second = catalog.create_knowledge_base(new.clone()).await.unwrap();
    assert_ne!(second.id, first.id);

    // A day later the token is forgotten.
    fixture.clock.advance(std::time::Duration::from_hours(24));
    assert!(is_conflict(&catalog.create_knowledge_base(new).await));
}

#[tokio::test]
async fn a_refused_call_leaves_no_token() {
    let fixture = Fixture::new().await;
    let mut new = knowledge_base("main");
    new.client_token = Some("token".to_owned());
    assert!(is_conflict(&fixture.catalog.create_knowledge_base(new.clone()).await));
    new.name = "free".to_owned();
    assert_eq!(fixture.catalog.create_knowledge_base(new).await.unwrap().name, "free");
}

#[tokio::test]
async fn tags_are_merged_and_removed() {
    let fixture = Fixture::new().await;
    let (catalog, kb) = (&fixture.catalog, fixture.kb);
    let tags = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    };
    catalog.tag(kb, &tags(&[("team", "law"), ("cost", "7")])).await.unwrap();
    assert_eq!(catalog.tags(kb).await.unwrap(), tags(&[("cost", "7"), ("team", "law")]));
    catalog.untag(kb, &["team".to_owned(), "absent".to_owned()]).await.unwrap();
    assert_eq!(catalog.tags(kb).await.unwrap(), tags(&[("cost", "7")]));
    assert_eq!(catalog.knowledge_base(kb).await.unwrap().tags, tags(&[("cost", "7")]));
}

#[tokio::test]
async fn a_data_source_is_created_read_changed_and_removed() {
    let fixture = Fixture::new().await;
    let (catalog, kb) = (&fixture.catalog, fixture.kb);
    let created = catalog.create_data_source(data_source(kb, "notes")).await.unwrap();
    assert_eq!(created.status, DataSourceStatus::Available);
    assert_eq!(catalog.data_source(kb, created.id).await.unwrap(), created);

    let folder = SourceConfiguration::Folder(FolderSource {
        path: "/srv/notes".to_owned(),
        inclusion_patterns: vec!["**/*.md".to_owned()],
        exclusion_patterns: Vec::new(),
        watch: false,
    });
    let update = DataSourceUpdate {
        name: "papers".to_owned(),
        description: Some("d".to_owned()),
        configuration: json!({"type": "FOLDER"}),
        vector_ingestion_configuration: Some(json!({"chunkingConfiguration": {}})),
        source: folder.clone(),
        synchronisation: corpus::Synchronisation::default(),
        data_deletion_policy: Some(DataDeletionPolicy::Retain),
        encryption_configuration: None,
    };
    let changed = catalog.update_data_source(kb, created.id, update.clone()).await.unwrap();
    assert_eq!(changed.source, folder);
    assert_eq!(changed.data_deletion_policy, DataDeletionPolicy::Retain);
    assert_eq!(changed.vector_ingestion_configuration, update.vector_ingestion_configuration);
    assert_eq!(changed.chunking, created.chunking);
    let kept = DataSourceUpdate { data_deletion_policy: None, ..update.clone() };
    assert_eq!(catalog.update_data_source(kb, created.id, kept).await.unwrap(), changed);
    assert_eq!(catalog.data_source(kb, created.id).await.unwrap(), changed);

    let searched = catalog.searched_data_sources(kb).await.unwrap();
    assert_eq!(searched, [fixture.ds, created.id]);

    let deleting = catalog.delete_data_source(kb, created.id).await.unwrap();
    assert_eq!(deleting.status, DataSourceStatus::Deleting);
    assert_eq!(catalog.searched_data_sources(kb).await.unwrap(), [fixture.ds]);
    assert_eq!(catalog.data_sources_to_delete().await.unwrap(), [deleting]);
    assert!(is_conflict(&catalog.update_data_source(kb, created.id, update.clone()).await));

    catalog.fail_delete_data_source(kb, created.id, "no permission").await.unwrap();
    let stuck = catalog.data_source(kb, created.id).await.unwrap();
    assert_eq!(stuck.status, DataSourceStatus::DeleteUnsuccessful);
    assert_eq!(stuck.failure_reasons, ["no permission"]);
    assert_eq!(catalog.searched_data_sources(kb).await.unwrap(), [fixture.ds]);
    assert!(catalog.data_sources_to_delete().await.unwrap().is_empty());
    let refused = catalog.start_job(job(kb, created.id)).await.unwrap_err();
    assert!(refused.to_string().contains("could not be deleted"), "{refused}");
    // The remedy: keep the chunks, and delete again.
    let changed = catalog.update_data_source(kb, created.id, update).await.unwrap();
    assert_eq!(changed.status, DataSourceStatus::DeleteUnsuccessful);

    let again = catalog.delete_data_source(kb, created.id).await.unwrap();
    assert_eq!((again.status, again.failure_reasons), (DataSourceStatus::Deleting, Vec::new()));
    catalog.forget_data_source(kb, created.id).await.unwrap();
    catalog.forget_data_source(kb, created.id).await.unwrap();
    assert!(is_not_found(&catalog.data_source(kb, created.id).await, "data source"));
    assert!(catalog.data_source(kb, fixture.ds).await.is_ok());
}

#[tokio::test]
async fn a_data_source_of_a_knowledge_base_being_removed_is_not_removed_apart() {
    let fixture = Fixture::new().await;
    fixture.catalog.delete_data_source(fixture.kb, fixture.ds).await.unwrap();
    fixture.catalog.delete_knowledge_base(fixture.kb).await.unwrap();
    assert!(fixture.catalog.data_sources_to_delete().await.unwrap().is_empty());
    fixture.catalog.forget_knowledge_base(fixture.kb).await.unwrap();
    let gone = fixture.catalog.data_source(fixture.kb, fixture.ds).await;
    assert!(is_not_found(&gone, "knowledge base"));
}

#[tokio::test]
async fn pages_neither_repeat_nor_hide_what_was_there() {
    let fixture = Fixture::new().await;
    let catalog = &fixture.catalog;
    for name in ["a", "b", "c", "d"] {
        catalog.create_knowledge_base(knowledge_base(name)).await.unwrap();
    }
    let page = |after| Page { limit: 2, after };
    let first = catalog.knowledge_bases(page(None)).await.unwrap();
    assert_eq!(kb_names(&first.items), ["main", "a"]);
    let cursor = first.next.clone().unwrap();
    assert!(!cursor.contains(char::is_whitespace));

    // Items come and go in between, the last one seen among them.
    let seen = first.items[1].id;
    catalog.delete_knowledge_base(seen).await.unwrap();
    catalog.forget_knowledge_base(seen).await.unwrap();
    catalog.create_knowledge_base(knowledge_base("e")).await.unwrap();
    let second = catalog.knowledge_bases(page(first.next)).await.unwrap();
    assert_eq!(kb_names(&second.items), ["b", "c"]);
    let third = catalog.knowledge_bases(page(second.next)).await.unwrap();
    assert_eq!(kb_names(&third.items), ["d", "e"]);
    assert_eq!(third.next, None);
    let all = catalog.knowledge_bases(Page { limit: 5, after: None }).await.unwrap();
    assert_eq!((all.items.len(), all.next), (5, None));
}

#[tokio::test]
async fn a_page_is_at_least_one_and_at_most_a_thousand() {
    let fixture = Fixture::new().await;
    let (catalog, kb) = (&fixture.catalog, fixture.kb);
    catalog.create_data_source(data_source(kb, "b")).await.unwrap();
    let one = catalog.data_sources(kb, Page { limit: 0, after: None }).await.unwrap();
    assert_eq!(names(&one.items), ["files"]);
    let all = catalog.data_sources(kb, Page { limit: u32::MAX, after: None }).await.unwrap();
    assert_eq!(names(&all.items), ["files", "b"]);
}

#[tokio::test]
async fn a_foreign_cursor_is_refused() {
    let fixture = Fixture::new().await;
    let (catalog, kb) = (&fixture.catalog, fixture.kb);
    catalog.create_data_source(data_source(kb, "b")).await.unwrap();
    let page = Page { limit: 1, after: None };
    let cursor = catalog.data_sources(kb, page).await.unwrap().next;
    for after in [cursor.as_deref().unwrap(), "", "kb", "kb.", "kb.0", "kb.-1", "kb.x", "kb.1 "] {
        let page = Page { limit: 1, after: Some(after.to_owned()) };
        let result = catalog.knowledge_bases(page).await;
        assert!(matches!(result, Err(CatalogError::BadCursor)), "{after}: {result:?}");
    }
    assert!(catalog.data_sources(kb, Page { limit: 1, after: cursor }).await.is_ok());
}
