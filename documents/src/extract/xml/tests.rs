#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

fn extract(bytes: &[u8], charset: Option<&str>) -> Result<Extracted, ExtractError> {
    super::extract(bytes, charset, &mut Nesting::default())
}

fn check(xml: &str, expect: &str) {
    assert_eq!(extract(xml.as_bytes(), None).unwrap().text, expect);
}

#[test]
fn data_keeps_the_names_of_its_elements() {
    check(
        "<?xml version='1.0'?><order id=\"7\"><customer><name>Ann</name><city>Ulm</city></customer>\
         <paid/><note><![CDATA[a < b]]> &amp; c</note></order>",
        "- id: 7\n- customer: name: Ann; city: Ulm\n- paid:\n- note: a < b & c",
    );
    check(
        "<books><book id=\"1\"><title>A</title></book><book id=\"2\"><title>B</title></book></books>",
        "| id | title |\n| --- | --- |\n| 1 | A |\n| 2 | B |",
    );
    check("<a><tags><tag>x</tag><tag>y</tag></tags></a>", "- tags: x, y");
}

#[test]
fn prose_is_written_as_prose() {
    check(
        "<!DOCTYPE article [<!ENTITY us 'Outcrop'>]>\n<article><info><title>The\n guide</title></info>\
         <para>Some <emphasis>words</emphasis> of &us;.</para>\
         <section><title>Use</title><para>First:<itemizedlist><listitem><para>one</para></listitem>\
         <listitem><para>two</para></listitem></itemizedlist></para>\
         <programlisting>a\n  b</programlisting></section><section><title>End</title>\
         <table><row><entry>x</entry><entry>y</entry></row><row><entry>1</entry><entry>2</entry></row></table>\
         </section></article>",
        "# The guide\n\nSome words of Outcrop.\n\n## Use\n\nFirst:\n\n- one\n- two\n\n\
         ```\na\n  b\n```\n\n## End\n\n| x | y |\n| --- | --- |\n| 1 | 2 |",
    );
}

#[test]
fn feeds_are_articles() {
    check(
        "<rss><channel><title>News</title><link>https://x.org</link><item><title>One</title>\
         <description>&lt;p&gt;Short &lt;b&gt;text&lt;/b&gt;&lt;/p&gt;</description>\
         <pubDate>Mon</pubDate></item></channel></rss>",
        "# News\n\nhttps://x.org\n\n## One\n\nMon\n\nShort text",
    );
    check(
        "<feed><title>F</title><entry><title>E</title><author><name>Ann</name></author>\
         <link rel=\"alternate\" href=\"https://x.org/e\"/>\
         <content type=\"xhtml\"><div><p>a</p><p>b</p></div></content></entry></feed>",
        "# F\n\n## E\n\nAnn · https://x.org/e\n\na\n\nb",
    );
}

#[test]
fn drawings_have_words() {
    check(
        "<svg xmlns=\"http://www.w3.org/2000/svg\"><title>Plan</title><style>a{}</style>\
         <g><text>Big <tspan>room</tspan></text></g></svg>",
        "# Plan\n\nBig room",
    );
    let error = extract(b"<svg><path d='M0'/></svg>", None).unwrap_err();
    assert_eq!(error.to_string(), "no text was found in the XML file: its elements hold no words");
}

#[test]
fn encodings_are_honoured_and_places_known() {
    let latin = b"<?xml version='1.0' encoding='iso-8859-1'?><a><b>\xfc</b></a>";
    assert_eq!(extract(latin, None).unwrap().text, "- b: \u{fc}");
    let extracted = extract(b"<a><b>c</b></a>", None).unwrap();
    let place = corpus::SourcePlace::Bytes { start: 3, end: 11 };
    assert_eq!(extracted.origins[0].source, place);
}

#[test]
fn hostile_files_end() {
    let bomb = format!(
        "<!DOCTYPE a [<!ENTITY x '{}'><!ENTITY y '&x;&x;'>]><a>{}</a>",
        "z".repeat(4000),
        "&x;&y;".repeat(10_000)
    );
    assert!(extract(bomb.as_bytes(), None).unwrap().text.len() < 2 << 20);
    let deep = format!("{}x{}", "<a>".repeat(200_000), "</a>".repeat(200_000));
    assert!(extract(deep.as_bytes(), None).unwrap().text.ends_with('x'));
    let deep = format!("{}x", "<a>y<p>".repeat(100_000));
    assert!(extract(deep.as_bytes(), None).is_ok());
    let malformed = extract(b"<a>words <b c=\"", None).unwrap();
    assert_eq!(malformed.text, "<a>words <b c=\"");
    let sample = "<!DOCTYPE a [<!ENTITY x 'y'>]><a b='c'>d &x;<!-- e --><p>f</p><![CDATA[g]]></a>";
    for end in 0..sample.len() {
        let _any = extract(&sample.as_bytes()[..end], None);
    }
}
