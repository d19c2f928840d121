#![expect(clippy::unwrap_used, reason = "tests fail on what is not there")]

use super::*;
use crate::extracted::{Landmark, Severity};

fn check(html: &str, expect: &str) {
    let extracted = extract(html.as_bytes(), None, "");
    assert_eq!(extracted.text, expect, "{html}");
    assert_eq!(extracted.warnings, [], "{html}");
}

#[test]
fn paragraphs_and_inline_elements() {
    check("<p>One <b>two</b>\n three.<p>Four<br>five", "One two three.\n\nFour\nfive");
    check("<div>a</div><div>b <span>c</span>d</div>", "a\n\nb cd");
    check("x<a href=/y>link</a>, next", "xlink, next");
    check("so\u{ad}ft &nbsp; &lt;b&gt; &eacute; &#x4e2d;", "soft <b> é 中");
}

#[test]
fn headings_and_lists() {
    check("<h1>A <i>b</i></h1>x<h3>C<br>d</h3>y", "# A b\n\nx\n\n### C d\n\ny");
    check("<h2></h2><p>x", "x");
    check("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>e", "- a\n- b\n  - c\n- d\n\ne");
    check("<ol start=9><li><p>a</p><p>b</p><li>c</ol>", "9. a\n\n   b\n10. c");
    check("<blockquote><p>a<p>b</blockquote>c", "> a\n\n> b\n\nc");
    check("<dl><dt>a<dd>b<dt>c<dd>d</dl>", "a\nb\n\nc\nd");
}

#[test]
fn code_keeps_its_lines() {
    check("<pre><code>if a:\n    b\n</code></pre>x", "```\nif a:\n    b\n```\n\nx");
    check("<pre>``` x</pre>", "````\n``` x\n````");
    check("<pre> \n </pre>x", "x");
}

#[test]
fn tables_are_rows() {
    check(
        "<table><caption>T</caption><tr><th>a<th>b<tr><td>1<br>2<td><p>x|y</p></table>z",
        "T\n\n| a | b |\n| --- | --- |\n| 1 2 | x\\|y |\n\nz",
    );
    check(
        "<table><tr><td colspan=2>a<td>b<tr><td>c<td>d<td>e</table>",
        "| a | a | b |\n| c | d | e |",
    );
    check("<table><tr><td><h2>A</h2>b</td><td>c</td></tr></table>", "## A\n\nb\n\nc");
    check("<table><tr><td>a<tr><td>b</table>", "a\n\nb");
    check("<table><tr><td>a<td><table><tr><td>b<td>c</table></table>", "a\n\n| b | c |");
}

#[test]
fn what_nobody_reads_is_left_out() {
    check(
        "<head><title>T</title><style>p{}</style></head><body><nav>menu</nav><p hidden>x</p>\
         <script>y</script><template>z</template><div style='display:none'><p>v</div><p>text",
        "text",
    );
}

#[test]
fn the_title_is_the_head_s_or_the_first_heading() {
    let check = |html: &str, expect| {
        assert_eq!(
            extract(html.as_bytes(), None, "").properties.title.as_deref(),
            expect,
            "{html}"
        );
    };
    check("<title> A\n b </title><h1>C</h1>", Some("A b"));
    check("<title></title><h1>C</h1>", Some("C"));
    check("<h2>C</h2>", None);
}

#[test]
fn headings_are_marked_where_they_begin() {
    let extracted = extract("<p>é<h2>A</h2>x<ul><li><h3>B</h3></ul>".as_bytes(), None, "");
    let found: Vec<(&str, u8, &str)> = extracted
        .marks
        .iter()
        .filter_map(|mark| match &mark.landmark {
            Landmark::Heading { level, title } => {
                Some((&extracted.text[mark.offset..mark.offset + 3], *level, title.as_str()))
            }
            Landmark::Page(_) => None,
        })
        .collect();
    assert_eq!(found, [("## ", 2, "A"), ("###", 3, "B")]);
}

#[test]
fn charsets_are_declared_in_several_ways() {
    let check = |head: &str, bytes: &[u8], charset, expect: &str| {
        let html = [head.as_bytes(), bytes].concat();
        assert_eq!(extract(&html, charset, "").text, expect, "{head}");
    };
    check("<meta charset=iso-8859-1>", b"\xfc", None, "ü");
    check("<META http-equiv=x content='text/html; charset=windows-1251'>", b"\xcf\xf0", None, "Пр");
    check("<?xml version='1.0' encoding='iso-8859-2'?>", b"\xb3", None, "ł");
    check("<meta charset=iso-8859-1>", b"\xcf\xf0", Some("windows-1251"), "Пр");
}

#[test]
fn nesting_without_end_is_flattened() {
    let deep = 100_000;
    let html = format!("{}deep{}<p>after", "<div>".repeat(deep), "</div>".repeat(deep));
    let extracted = extract(html.as_bytes(), None, "");
    assert_eq!(extracted.text, "deep\n\nafter");
    let warning = extracted.warnings.first().unwrap();
    assert_eq!(
        warning.message,
        "99854 elements are nested deeper than 150, or are too many, and were flattened"
    );
    assert_eq!(warning.severity, Severity::Note);
}

#[test]
fn every_kind_of_nesting_is_survived() {
    for tag in [
        "b",
        "font color=x",
        "p",
        "li",
        "ul",
        "table",
        "table><tr><td",
        "svg",
        "select",
        "a href=x",
        "h1",
        "span hidden",
        "template",
        "math",
        "button",
        "form",
        "pre",
        "dd",
        "blockquote",
        "frameset",
    ] {
        let html = format!("{}end", format!("<{tag}>x").repeat(50_000));
        let started = std::time::Instant::now();
        extract(html.as_bytes(), None, "");
        assert!(started.elapsed().as_secs() < 5, "{tag}: {:?}", started.elapsed());
    }
}
