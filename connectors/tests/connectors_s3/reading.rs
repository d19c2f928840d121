//! Bytes: changed under way, broken off, gone on with.

use corpus::ReadError;
use fixtures::s3_server::S3Server;

use crate::support::{connector, document, read};

fn long(begin: u8) -> Vec<u8> {
    (0..300_000_u32).map(|number| (number % 250) as u8 ^ begin).collect()
}

#[tokio::test]
async fn an_object_that_changed_since_it_was_listed_is_read_as_it_is_now() {
    let server = S3Server::start().await;
    server.put("a.md", "old");
    let listed = document(&connector(&server), "a.md").await;
    server.replace_on_read("a.md", b"new");
    assert_eq!(read(listed.content.as_ref()).await.unwrap(), b"new");
    // What is kept is the listed change key: the next listing shows another.
    let next = document(&connector(&server), "a.md").await;
    assert_ne!(next.change_key, listed.change_key);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_gone_on_with() {
    let server = S3Server::start().await;
    server.put("a.bin", long(0));
    let document = document(&connector(&server), "a.bin").await;
    server.truncate("a.bin", &[100_000, 0, 70_000]);
    assert!(read(document.content.as_ref()).await.unwrap() == long(0), "other bytes came out");
    let ranges: Vec<String> = server
        .received()
        .iter()
        .filter(|request| request.operation == "GetObject")
        .map(|request| {
            assert!(request.headers.contains_key("if-match"), "without condition");
            let range = request.headers.get("range");
            range.map_or(String::new(), |range| range.to_str().unwrap().to_owned())
        })
        .collect();
    assert_eq!(ranges, ["", "bytes=100000-", "bytes=100000-", "bytes=170000-"]);
}

#[tokio::test]
async fn the_halves_of_two_states_are_never_put_together() {
    let server = S3Server::start().await;
    server.put("a.bin", long(0));
    let document = document(&connector(&server), "a.bin").await;
    server.truncate("a.bin", &[100_000]);
    server.replace_on_read("a.bin", &long(7));
    let error = read(document.content.as_ref()).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert!(read(document.content.as_ref()).await.unwrap() == long(7), "not as it is now");
}

#[tokio::test]
async fn a_body_that_breaks_off_for_ever_is_given_up() {
    let server = S3Server::start().await;
    server.put("a.bin", long(0));
    let document = document(&connector(&server), "a.bin").await;
    server.truncate("a.bin", &[10; 20]);
    let error = read(document.content.as_ref()).await.unwrap_err();
    assert!(matches!(error, ReadError::Interrupted { .. }), "{error}");
    assert!(
        error.to_string().contains("s3://books/a.bin broke off after 50 of 300000 bytes"),
        "{error}"
    );
    assert_eq!(server.count("GetObject"), 5);
}
