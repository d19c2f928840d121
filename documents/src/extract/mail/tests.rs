#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

fn read(mail: &str) -> Extracted {
    let bytes = mail.replace('\n', "\r\n");
    extract(bytes.as_bytes(), &mut Nesting::default()).unwrap()
}

#[test]
fn a_message_has_a_head_and_a_body() {
    let extracted = read(
        "From: =?utf-8?q?J=C3=BCrgen?= <j@x.org>\nTo: Ann <a@x.org>, b@x.org\nSubject: The plan\n\
         Date: Mon, 3 Mar 2025 10:00:00 +0100\n\nHello,\nwell.\n\n> quoted\n",
    );
    assert_eq!(
        extracted.text,
        "# The plan\n\nFrom: Jürgen <j@x.org>\nTo: Ann <a@x.org>, b@x.org\n\
         Date: 2025-03-03T10:00:00+01:00\n\nHello,\nwell.\n\n> quoted"
    );
    assert_eq!(extracted.properties.title.as_deref(), Some("The plan"));
    assert_eq!(extracted.properties.author.as_deref(), Some("Jürgen <j@x.org>"));
}

#[test]
fn the_better_body_is_taken() {
    let mail = |plain: &str, html: &str| {
        read(&format!(
            "Subject: s\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\
             Content-Type: text/plain; charset=utf-8\n\n{plain}\n--b\n\
             Content-Type: text/html; charset=utf-8\n\n{html}\n--b--\n"
        ))
        .text
    };
    assert_eq!(mail("plain words", "<p>plain <b>words</b></p>"), "# s\n\nplain words");
    assert_eq!(mail("", "<p>rich</p>"), "# s\n\nrich");
    let long = "<p>word</p>".repeat(20).replace("</p>", " </p>\n");
    assert!(mail("no", &long).contains("word\n\nword"));
    let more = "<p>The plan, and a table of all that it costs</p><p>See below</p>";
    assert!(mail("The plan costs", more).contains("See below"));
    let other = mail("one two three four five six", "<p>a b c d e f g</p>");
    assert_eq!(other, "# s\n\none two three four five six\n\na b c d e f g");
}

#[test]
fn attachments_are_read_in_place_or_listed() {
    let extracted = read(
        "Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nbody\n--b\n\
         Content-Type: text/csv; name=t.csv\nContent-Disposition: attachment; filename=t.csv\n\
         Content-Transfer-Encoding: base64\n\nYSxiCjEsMgo=\n--b\n\
         Content-Type: application/x-foo\nContent-Disposition: attachment; filename=x.foo\n\nzz\n--b\n\
         Content-Type: message/rfc822\n\nSubject: inner\n\nwithin\n--b--\n",
    );
    assert_eq!(
        extracted.text,
        "# s\n\nbody\n\n## t.csv\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n\
         ## inner\n\n### inner\n\nwithin"
    );
    assert_eq!(extracted.properties.attachments, ["x.foo"]);
}

#[test]
fn a_mailbox_is_all_its_messages() {
    let message = |subject| format!("From a@x.org Mon Jun 1 10:00:00 2009\nSubject: {subject}\n\n");
    let extracted = read(&format!("{}first\n\n{}>From here", message("a"), message("b")));
    assert_eq!(extracted.text, "# a\n\nfirst\n\n# b\n\nFrom here");
}

#[test]
fn what_is_sealed_says_so() {
    let sealed = "Subject: s\nContent-Type: multipart/encrypted; boundary=b\n\n--b\n\
                  Content-Type: application/octet-stream\n\nwords\n--b--\n";
    let extracted = read(sealed);
    assert_eq!((extracted.text.as_str(), extracted.losses().count()), ("# s", 1));
}

#[test]
fn what_only_outlook_understands_is_taken_apart() {
    let extracted = read(
        "Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nbody\n--b\n\
         Content-Type: application/ms-tnef; name=winmail.dat\n\
         Content-Transfer-Encoding: base64\n\n\
         eJ8+IgAAAQyAAgAGAAAAaGlkZGVuAAACApAGAA4AAAAAAAAAAAAAAAAAAAAAAAAAAhCAAQAGAAAAYS50\n\
         eHQAAAACD4AGAAUAAAB3b3JkcwAA\n--b--\n",
    );
    assert_eq!(extracted.text, "# s\n\nbody\n\n## a.txt\n\nwords");
    assert!(extracted.properties.attachments.is_empty());
}

#[test]
fn a_message_in_utf16_is_read() {
    let units = "From: a@x.org\r\nSubject: s\r\n\r\nwords".encode_utf16();
    let bytes: Vec<u8> = [0xfeff].into_iter().chain(units).flat_map(u16::to_le_bytes).collect();
    let extracted = extract(&bytes, &mut Nesting::default()).unwrap();
    assert_eq!(extracted.text, "# s\n\nFrom: a@x.org\n\nwords");
}

#[test]
fn messages_within_messages_end() {
    let deep = format!(
        "Subject: outer\n{}\nwords",
        "Content-Type: message/rfc822\n\nSubject: s\n".repeat(100_000)
    );
    let extracted = read(&deep);
    assert!(extracted.text.starts_with("# outer"), "{}", extracted.text);
    assert!(extracted.losses().count() > 0);
    let digest = format!(
        "Subject: outer\n{}",
        "Content-Type: multipart/digest; boundary=b\n\n--b\n\n".repeat(50_000)
    );
    read(&digest);
}

#[test]
fn what_is_cut_off_does_no_harm() {
    let sample = "From: a@x.org\r\nSubject: =?utf-8?q?J=C3?=\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: y\r\n\r\n--b--";
    for end in 0..sample.len() {
        let _any = extract(&sample.as_bytes()[..end], &mut Nesting::default());
    }
}
