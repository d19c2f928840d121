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
    check("<pre><code>a b</code><code>c</code></pre>", "```\na b\nc\n```");
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
    check(
        "<table><tr><th>a<th>b<tr><td><pre>c\nd</pre><td><table><tr><td>e<td>f</table></table>",
        "| a | b |\n| --- | --- |\n| c d | e f |",
    );
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
    check(
        "<title>Setts - Wiki</title><div class=menu><h1>Wiki</h1></div><h1>Setts</h1>",
        Some("Setts"),
    );
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
            Landmark::Page(_) | Landmark::Statement { .. } => None,
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

#[test]
fn an_article_is_found_and_a_small_page_kept() {
    let words = "Badgers dig setts, in which they live for many years, and which they extend. ";
    let body = format!("<p>{}<p>{}", words.repeat(4), words.repeat(3));
    let html = format!(
        "<title>Setts - Site</title><meta property=og:type content=article>\
         <div class=menu><a href=/>Home</a></div><h1>Setts</h1><p class=byline>By A. Author\
         <div class=share>Share this</div><article>{body}</article>\
         <div id=comments><p>{words}</div><footer>About us</footer>"
    );
    let extracted = extract(html.as_bytes(), None, "");
    assert_eq!(extracted.text, format!("{}\n\n{}", words.repeat(4).trim(), words.repeat(3).trim()));
    assert_eq!(extracted.properties.title.as_deref(), Some("Setts"));
    assert_eq!(extracted.place(0).headings, ["Setts"]);
    check(
        "<nav><a href=/>Home</a></nav><h1>Setts</h1><p>They are dug.<ul><li><a href=/a>More</a></ul>",
        "# Setts\n\nThey are dug.\n\n- More",
    );
    check("<nav><a href=/a>Only</a></nav>", "Only");
}

#[test]
fn cells_that_span_are_filled() {
    check(
        "<table><thead><tr><th colspan=2>a<th>b<tbody><tr><td rowspan=2>1<td>2<td>3<tr><td>4<td>5</table>",
        "| a | a | b |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n| 1 | 4 | 5 |",
    );
}

#[test]
fn links_code_and_readings() {
    let text = |html: &str| extract(html.as_bytes(), None, "https://a.org/b/").text;
    assert_eq!(
        text("<p>See <a href=c>this</a>.<p><a href=c>Guide</a>"),
        "See this.\n\n[Guide](https://a.org/b/c)"
    );
    assert_eq!(text("<pre class='brush: js'>x<br>y</pre>"), "```js\nx\ny\n```");
    assert_eq!(text("<ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby>"), "漢字(かんじ)");
    assert_eq!(text("<p>10<sup>6</sup> <img alt=tree src=x>"), "10^6 tree");
}
