//! Who may read what.

use corpus::{Access, Principal, PrincipalKind, SourceEvent};
use serde_json::{Value, json};

use crate::support::{DRIVE, Tenant, file};

async fn accesses(tenant: &Tenant) -> Vec<(String, Access)> {
    let events = tenant.events().await.into_iter().filter_map(|event| match event.unwrap() {
        SourceEvent::Upsert(document) => {
            Some((document.key.as_str().replace(&file(""), ""), document.access.unwrap()))
        }
        _ => None,
    });
    events.collect()
}

fn one(kind: PrincipalKind, id: &str) -> Access {
    Access { all_of: vec![vec![Principal { kind, id: id.to_owned() }]], denied: Vec::new() }
}

fn user(id: &str) -> Value {
    json!([{"roles": ["read"], "grantedToV2": {"user": {"id": id}}}])
}

fn members() -> Access {
    one(PrincipalKind::Group, "contoso.sharepoint.com,site-a,web-a/3")
}

#[tokio::test]
async fn rights_are_those_of_the_nearest_item_that_has_its_own_and_few_questions_are_asked() {
    let tenant = Tenant::new().await;
    let server = &tenant.server;
    server.put_folder(DRIVE, None, "f", "Folder");
    server.put_folder(DRIVE, Some("f"), "g", "Below");
    server.put_file(DRIVE, None, "a", "a.md", "x");
    server.put_file(DRIVE, Some("g"), "b", "b.md", "x");
    server.put_file(DRIVE, Some("g"), "c", "c.md", "x");
    server.set_permissions(DRIVE, "f", user("ann"));
    server.set_permissions(DRIVE, "c", user("bob"));
    let expect = [
        ("a".to_owned(), members()),
        ("b".to_owned(), one(PrincipalKind::User, "ann")),
        ("c".to_owned(), one(PrincipalKind::User, "bob")),
    ];
    assert_eq!(accesses(&tenant).await, expect);
    assert_eq!(server.count("/permissions"), 3, "the root, the folder and one file");
}

#[tokio::test]
async fn a_change_of_rights_alone_tells_the_document_with_the_same_change_key() {
    let tenant = Tenant::new().await;
    let server = &tenant.server;
    server.put_folder(DRIVE, None, "f", "Folder");
    server.put_file(DRIVE, Some("f"), "a", "a.md", "x");
    let before = tenant.document(&file("a")).await;
    assert_eq!(before.access, Some(members()));
    server.set_permissions(DRIVE, "a", user("ann"));
    let after = tenant.document(&file("a")).await;
    assert_eq!(after.access, Some(one(PrincipalKind::User, "ann")));
    assert_eq!(after.change_key, before.change_key, "it would be read and embedded again");
    server.set_facet(DRIVE, "a", "shared", Value::Null);
    assert_eq!(tenant.document(&file("a")).await.access, Some(members()));
}

#[tokio::test]
async fn a_change_of_a_folders_rights_reaches_what_is_in_it() {
    let tenant = Tenant::new().await;
    let server = &tenant.server;
    server.put_folder(DRIVE, None, "f", "Folder");
    server.put_folder(DRIVE, Some("f"), "g", "Below");
    server.put_file(DRIVE, Some("g"), "a", "a.md", "x");
    assert_eq!(accesses(&tenant).await, [("a".to_owned(), members())]);
    server.set_permissions(DRIVE, "f", user("ann"));
    let expect = [("a".to_owned(), one(PrincipalKind::User, "ann"))];
    assert_eq!(accesses(&tenant).await, expect);
}

#[tokio::test]
async fn where_the_app_may_not_ask_nobody_is_assumed_to_read() {
    let tenant = Tenant::new().await;
    tenant.server.put_file(DRIVE, None, "a", "a.md", "x");
    let refusal = json!({"error": {"code": "accessDenied", "message": "Access denied"}});
    tenant.server.script("/permissions", fixtures::scripted_server::Scripted::json(403, &refusal));
    let nobody = Access { all_of: vec![Vec::new()], denied: Vec::new() };
    assert_eq!(accesses(&tenant).await, [("a".to_owned(), nobody)]);
}
