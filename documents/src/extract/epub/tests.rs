#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use super::*;
use crate::archive::tests::zip;

fn book(files: &[(&str, &str)]) -> Vec<u8> {
    let files: Vec<_> = files.iter().map(|(name, content)| (*name, content.as_bytes())).collect();
    zip(&files)
}

const CONTAINER: (&str, &str) = (
    "META-INF/container.xml",
    r#"<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>"#,
);
const PACKAGE: (&str, &str) = (
    "OEBPS/book.opf",
    r#"<package xmlns:dc="x"><metadata><dc:title>Caf&#233; &amp; tea</dc:title><dc:creator>Ann</dc:creator>
    <dc:creator>Bo</dc:creator><dc:language>de</dc:language><dc:date>2020-01-02</dc:date></metadata>
    <manifest><item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
    <item id="b" href="text/two.xhtml" media-type="application/xhtml+xml"/>
    <item id="a" href="../one%20.xhtml" media-type="application/xhtml+xml"/>
    <item id="c" href="c.png" media-type="image/png"/></manifest>
    <spine><itemref idref="n"/><itemref idref="a"/><itemref idref="b"/><itemref idref="c"/><itemref idref="a"/></spine></package>"#,
);
const ONE: (&str, &str) =
    ("one .xhtml", "<html><body><h1>One</h1><p>first words</p></body></html>");
const TWO: (&str, &str) =
    ("OEBPS/text/two.xhtml", "<html><body><h1>Two</h1><p>more words</p></body></html>");

#[test]
fn chapters_follow_the_spine() {
    let nav = ("OEBPS/nav.xhtml", "<html><body><p>contents</p></body></html>");
    let extracted = extract(&book(&[CONTAINER, PACKAGE, TWO, ONE, nav])).unwrap();
    assert!(!extracted.text.contains("contents"));
    let (one, two) = (extracted.text.find("first words"), extracted.text.find("more words"));
    assert!(one.is_some() && one < two, "{}", extracted.text);
    let properties = &extracted.properties;
    assert_eq!(properties.title.as_deref(), Some("Café & tea"));
    assert_eq!(properties.author.as_deref(), Some("Ann, Bo"));
    assert_eq!(properties.language.as_deref(), Some("de"));
    let SourcePlace::Elements { part, .. } = &extracted.origins.last().unwrap().source else {
        panic!("{:?}", extracted.origins)
    };
    assert_eq!(part.as_deref(), Some("OEBPS/text/two.xhtml"));
}

#[test]
fn what_is_missing_or_locked_is_told() {
    let extracted = extract(&book(&[CONTAINER, PACKAGE, ONE])).unwrap();
    let losses: Vec<String> = extracted.losses().collect();
    assert_eq!(losses, ["1 chapters are missing or damaged"]);
    let lock = |algorithm: &str, path: &str| {
        format!(
            "<encryption><EncryptedData><EncryptionMethod Algorithm='{algorithm}'/><CipherData>\
             <CipherReference URI='{path}'/></CipherData></EncryptedData></encryption>"
        )
    };
    let both = lock("aes", "OEBPS/text/two.xhtml") + &lock("aes", "one%20.xhtml");
    let files = |lock| book(&[CONTAINER, PACKAGE, ONE, TWO, ("META-INF/encryption.xml", lock)]);
    assert_eq!(extract(&files(&both)).unwrap_err(), ExtractError::Locked { kind: Kind::Epub });
    let one = lock("aes", "OEBPS/text/two.xhtml");
    let extracted = extract(&files(&one)).unwrap();
    let losses: Vec<String> = extracted.losses().collect();
    assert_eq!(losses, ["1 chapters are locked and were left out"]);
    let fonts = lock("http://www.idpf.org/2008/embedding", "one%20.xhtml");
    assert_eq!(extract(&files(&fonts)).unwrap().warnings, []);
}

#[test]
fn broken_books_do_no_harm() {
    let whole = book(&[CONTAINER, PACKAGE, ONE, TWO]);
    for end in 0..whole.len() {
        let _any = extract(&whole[..end]);
    }
    let error = extract(&book(&[ONE])).unwrap_err();
    assert_eq!(error.to_string(), "the EPUB book cannot be read: it has no package document");
}
