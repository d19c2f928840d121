use super::*;

#[test]
fn what_is_no_document_says_so() {
    assert!(extract(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1").is_err());
}
