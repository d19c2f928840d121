//! Who may read: the space's permission and every restriction up to the root.

use corpus::{Access, Principal, PrincipalKind, SourceDocument};
use fixtures::confluence_server::{Flavour, ItemKind, Principals};

use crate::support::Site;

fn user(id: &str) -> Principal {
    Principal { kind: PrincipalKind::User, id: id.to_owned() }
}

fn group(id: &str) -> Principal {
    Principal { kind: PrincipalKind::Group, id: id.to_owned() }
}

fn to(users: &[&str]) -> Principals {
    let users = users.iter().map(|&user| user.to_owned()).collect();
    Principals { users, groups: Vec::new() }
}

fn access(document: &SourceDocument) -> &Access {
    document.access.as_ref().unwrap()
}

/// A page below a page below a page, with a comment and a file.
async fn sites() -> [Site; 2] {
    let sites = Site::both().await;
    for site in &sites {
        site.change(|wiki| {
            wiki.add(ItemKind::Page, "11", "Middle", "1", Some("10"));
            // Listed before what is above it.
            wiki.add(ItemKind::Page, "09", "Leaf", "1", Some("11"));
            wiki.add(ItemKind::Footer, "30", "", "1", Some("09"));
            wiki.add(ItemKind::Attachment, "att40", "a.pdf", "1", Some("09"));
        });
    }
    sites
}

#[tokio::test]
async fn pages_without_restrictions_are_for_all_who_see_the_space() {
    for site in sites().await {
        for document in site.documents().await.values() {
            assert_eq!(access(document).all_of, [vec![group("staff")]], "{}", document.key);
        }
    }
}

#[tokio::test]
async fn every_restriction_above_a_page_holds_for_it_and_all_that_is_on_it() {
    for site in sites().await {
        site.change(|wiki| {
            wiki.item("10").restricted = to(&["ann", "bob"]);
            wiki.item("09").restricted = to(&["bob", "eve"]);
        });
        let documents = site.documents().await;
        let may =
            |key: &str, name: &str| access(&documents[key]).permits(&[user(name), group("staff")]);
        for key in ["page/09", "comment/30", "attachment/att40"] {
            assert!(may(key, "bob"), "{key}");
            assert!(!may(key, "ann") && !may(key, "eve"), "{key}");
            assert!(!access(&documents[key]).permits(&[user("bob")]), "{key}: not of the space");
        }
        assert!(may("page/11", "ann") && !may("page/11", "eve"));
        // A restriction is no edit: the change key is as it was, the access is not.
        site.change(|wiki| wiki.item("10").restricted = to(&[]));
        let after = site.documents().await;
        assert_eq!(documents["page/11"].change_key, after["page/11"].change_key);
        assert!(access(&after["page/11"]).permits(&[user("eve"), group("staff")]));
    }
}

#[tokio::test]
async fn a_long_list_of_people_is_read_to_its_end() {
    for site in Site::both().await {
        let people: Vec<String> = (0..250).map(|number| format!("u{number:03}")).collect();
        site.change(|wiki| wiki.item("10").restricted.users = people.clone());
        let document = site.document("page/10").await;
        assert_eq!(access(&document).all_of[1].len(), 250);
    }
}

#[tokio::test]
async fn restrictions_that_cannot_be_read_close_the_page_and_all_below_it() {
    for site in sites().await {
        site.server.trouble("/content/11/restriction", 403, None, usize::MAX);
        let documents = site.documents().await;
        let everybody = [user("ann"), group("staff")];
        for key in ["page/11", "page/09", "attachment/att40"] {
            assert!(!access(&documents[key]).permits(&everybody), "{key}");
        }
        assert!(access(&documents["page/10"]).permits(&everybody));
        // One that is not there for us is stepped over.
        site.server.mend();
        site.server.trouble("/content/11/restriction", 404, None, usize::MAX);
        assert!(access(&site.document("page/09").await).permits(&everybody));
    }
}

#[tokio::test]
async fn a_space_whose_permissions_are_not_told_is_closed() {
    let site = Site::start(Flavour::DataCenter).await;
    site.change(|wiki| {
        wiki.add(ItemKind::Page, "10", "Plan", "1", None);
        wiki.administrator = false;
    });
    assert_eq!(access(&site.document("page/10").await).all_of, [Vec::new()]);
}
