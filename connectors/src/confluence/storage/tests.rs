//! What becomes of each element and macro, of bodies that are broken, and of real pages.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::HashMap;
use std::path::PathBuf;

use proptest::prelude::*;

use super::*;

fn check(storage: &str, expect: &str) {
    let names = Names::from([("712020:ann".to_owned(), "Ann Lee".to_owned())]);
    assert_eq!(markdown("", storage, &names).trim_end(), expect, "{storage}");
}

#[test]
fn the_title_comes_first_and_headings_are_a_level_deeper() {
    let expect = "# My page\n\n## A\n\n### B *c*\n\ntext\n";
    let storage = "<h1>A</h1><h2> B <em>c</em></h2><h6/><p>text</p>";
    assert_eq!(markdown(" My  page", storage, &Names::new()), expect);
    assert_eq!(markdown("Empty", "", &Names::new()), "# Empty\n");
    check("<h6>deep</h6>", "###### deep");
}

#[test]
fn text_is_marked_and_kept_together() {
    check("<p>a <strong> b </strong>c</p>\n<p>d<br/>e</p>", "a **b** c\n\nd\ne");
    check("<p>H<sub>2</sub>O <u>u</u> <del>x</del> <code>a`b</code></p>", "H2O u ~~x~~ `` a`b ``");
    check("<p>1&nbsp;&lt; 2 &amp; &rsquo;&Uuml;&#8364;</p>", "1 < 2 & \u{2019}Ü€");
    check("<p># no heading</p><p>```</p>", "\\# no heading\n\n\\```");
    check("<pre>a\n  b &lt;<br/>c</pre>", "```\na\n  b <\nc\n```");
    check("<div>a<p>b</p>c</div><hr/>", "a\n\nb\n\nc");
    check("<p><ac:inline-comment-marker ac:ref=\"1\">kept</ac:inline-comment-marker></p>", "kept");
    check("<p>a<ac:placeholder>type here</ac:placeholder></p>", "a");
    check(
        "<p><time datetime=\"2024-05-01\" /> <ac:emoticon ac:name=\"tick\"/></p>",
        "2024-05-01 (tick)",
    );
    check("<p><ac:emoticon ac:name=\"blue-star\" ac:emoji-fallback=\"🎉\"/></p>", "🎉");
}

#[test]
fn lists_are_nested_and_numbered() {
    check(
        "<ul><li><p>a</p><ol start=\"3\"><li>b</li><li><p>c</p><p>d</p></li></ol></li><li/><li>e</li></ul>",
        "- a\n  3. b\n  4. c\n\n     d\n- e",
    );
    check("<blockquote><p>a</p><ul><li>b</li></ul></blockquote>", "> a\n>\n> - b");
}

#[test]
fn tasks_say_whether_they_are_done() {
    check(
        "<ac:task-list>\n<ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status>\
         <ac:task-body>one</ac:task-body></ac:task><ac:task><ac:task-status>incomplete\
         </ac:task-status><ac:task-body><span>two</span></ac:task-body></ac:task></ac:task-list>",
        "- [x] one\n- [ ] two",
    );
}

#[test]
fn links_have_their_text_or_the_name_of_their_target() {
    check("<a href=\"https://a.example/\">text</a>", "[text](https://a.example/)");
    check(
        "<a href=\"https://a.example\">https://a.example</a> <a href=\"#x\">here</a>",
        "https://a.example here",
    );
    check("<ac:link><ri:page ri:content-title=\"Plan\" ri:space-key=\"A\"/></ac:link>", "Plan");
    check(
        "<ac:link><ri:page ri:content-title=\"Plan\"/><ac:plain-text-link-body><![CDATA[the <plan>]]>\
         </ac:plain-text-link-body></ac:link>",
        "the <plan>",
    );
    check(
        "<ac:link ac:anchor=\"x\"><ac:link-body>to <b>x</b></ac:link-body></ac:link>",
        "to **x**",
    );
    check("<ac:link><ri:attachment ri:filename=\"a b.pdf\"/></ac:link>", "a b.pdf");
    check("<p>ask <ac:link><ri:user ri:account-id=\"712020:ann\"/></ac:link></p>", "ask @Ann Lee");
    check("<p>ask <ac:link><ri:user ri:userkey=\"ff80\"/></ac:link></p>", "ask @unknown user");
    assert_eq!(
        mentions("<p><ri:user ri:account-id=\"b\"/><ri:user ri:userkey=\"a\"/><ri:user ri:userkey=\"a\"></ri:user>")
            .into_iter().collect::<Vec<_>>(),
        ["a", "b"],
    );
}

#[test]
fn pictures_have_their_caption_and_name() {
    check(
        "<ac:image ac:alt=\"alt\"><ri:attachment ri:filename=\"a b.png\"/><ac:caption><p>cap</p></ac:caption></ac:image>",
        "![cap](<a b.png>)",
    );
    check(
        "<ac:image ac:alt=\"alt\"><ri:url ri:value=\"https://x/y.png\"/></ac:image>",
        "![alt](https://x/y.png)",
    );
    check("<p>a <img src=\"/x.png\" alt=\"b\"></p>", "a ![b](/x.png)");
}

#[test]
fn tables_have_a_header_and_repeat_merged_cells() {
    check(
        "<table><colgroup><col/></colgroup><thead><tr><th><p>A</p></th><th>B</th></tr></thead>\
         <tbody><tr><td rowspan=\"2\">x|y</td><td><p>1</p><p>2</p></td></tr><tr><td>3</td></tr></tbody></table>",
        "| A | B |\n| --- | --- |\n| x\\|y | 1<br>2 |\n| x\\|y | 3 |",
    );
    check(
        "<table><tr><td colspan=\"2\">a</td><td>b</td></tr><tr><td>c</td></tr></table>",
        "|  |  |  |\n| --- | --- | --- |\n| a | a | b |\n| c |  |  |",
    );
    check(
        "<table><tr><th class=\"numberingColumn\"/><th>A</th></tr><tr><td class=\"numberingColumn\">1</td><td>b</td></tr></table>",
        "| A |\n| --- |\n| b |",
    );
    check("<table><tr><td/></tr></table>", "");
}

#[test]
fn merged_cells_do_not_swell_a_page() {
    let cell = "<td rowspan=\"1000\" colspan=\"100\">0123456789</td>";
    let storage =
        format!("<table><tr>{}</tr>{}</table>", cell.repeat(50), "<tr><td/></tr>".repeat(50));
    let markdown = markdown("", &storage, &Names::new());
    assert!(markdown.len() < 20 * storage.len() + 100_000, "{}", markdown.len());
}

#[test]
fn code_is_fenced_with_its_language_and_title() {
    let code = |parameters: &str, body: &str| {
        format!(
            "<ac:structured-macro ac:name=\"code\">{parameters}<ac:plain-text-body>{body}\
             </ac:plain-text-body></ac:structured-macro>"
        )
    };
    let parameter = |name: &str, value: &str| {
        format!("<ac:parameter ac:name=\"{name}\">{value}</ac:parameter>")
    };
    check(
        &code(
            &(parameter("language", "py") + &parameter("title", "a.py")),
            "<![CDATA[if a < b:\n    c && d]]>",
        ),
        "**a.py**\n\n```py\nif a < b:\n    c && d\n```",
    );
    check(
        &code(&parameter("language", "none"), "<![CDATA[a]]]]><![CDATA[>b]]>"),
        "```\na]]>b\n```",
    );
    check(&code("", "<![CDATA[```\nx\n```]]>"), "````\n```\nx\n```\n````");
    check(&code("", ""), "");
    check(
        "<ac:structured-macro ac:name=\"noformat\"><ac:plain-text-body><![CDATA[\n a\n]]></ac:plain-text-body></ac:structured-macro>",
        "```\n a\n```",
    );
}

fn rich(name: &str, parameters: &str, body: &str) -> String {
    format!(
        "<ac:structured-macro ac:name=\"{name}\">{parameters}<ac:rich-text-body>{body}\
         </ac:rich-text-body></ac:structured-macro>"
    )
}

#[test]
fn panels_are_quotes_that_say_what_they_are() {
    check(&rich("warning", "", "<p>hot</p>"), "> **Warning**\n>\n> hot");
    let title = "<ac:parameter ac:name=\"title\">Mind</ac:parameter>";
    check(&rich("info", title, "<p>a</p>"), "> **Info: Mind**\n>\n> a");
    check(
        &rich("panel", "<ac:parameter ac:name=\"bgColor\">#FFF</ac:parameter>", "<p>a</p>"),
        "> a",
    );
    check(&rich("tip", "", ""), "");
    // Within a table, and within one another.
    check(
        &format!(
            "<table><tr><th>{}</th></tr></table>",
            rich("note", "", &rich("tip", "", "<p>in</p>"))
        ),
        "| > **Note**<br>><br>> > **Tip**<br>> ><br>> > in |\n| --- |",
    );
}

#[test]
fn other_macros_keep_what_is_to_be_read() {
    let title = "<ac:parameter ac:name=\"title\">More</ac:parameter>";
    check(&rich("expand", title, "<p>a</p>"), "**More**\n\na");
    check(
        &rich("excerpt", "<ac:parameter ac:name=\"hidden\">true</ac:parameter>", "<p>a</p>"),
        "a",
    );
    check(&rich("never-heard-of", title, "<p>a</p>"), "a");
    check(
        &rich(
            "details",
            "",
            "<table><tr><th>Owner</th><td><p>Ann</p></td></tr><tr><th>Due</th><td>May</td></tr></table>",
        ),
        "- Owner: Ann\n- Due: May",
    );
    let empty = |name: &str, parameters: &str| {
        format!(
            "<p>a <ac:structured-macro ac:name=\"{name}\">{parameters}</ac:structured-macro></p>"
        )
    };
    let parameter = |name: &str, value: &str| {
        format!("<ac:parameter ac:name=\"{name}\">{value}</ac:parameter>")
    };
    check(
        &empty("status", &(parameter("colour", "Red") + &parameter("title", "DONE"))),
        "a [DONE]",
    );
    check(&empty("jira", &(parameter("server", "x") + &parameter("key", "OPS-1"))), "a OPS-1");
    check(&empty("jira", &parameter("jqlQuery", "project = A")), "a project = A");
    check(&empty("toc", &parameter("maxLevel", "2")), "a");
    check(&empty("anchor", &parameter("", "here")), "a");
    check(
        &empty(
            "view-file",
            "<ac:parameter ac:name=\"name\"><ri:attachment ri:filename=\"a.pdf\"/></ac:parameter>",
        ),
        "a a.pdf",
    );
    check(&empty("drawio", &parameter("diagramName", "Net")), "a Net");
    check(&empty("eazy-math-inline", &parameter("body", "x^2")), "a $x^2$");
}

#[test]
fn an_included_page_is_a_link_and_no_copy_even_of_itself() {
    check(
        "<ac:structured-macro ac:name=\"include\"><ac:parameter ac:name=\"\"><ac:link><ri:page \
         ri:content-title=\"Secret plan\"/></ac:link></ac:parameter></ac:structured-macro>",
        "→ Secret plan",
    );
}

#[test]
fn extensions_are_read_once() {
    check(
        "<ac:adf-extension><ac:adf-node type=\"panel\"><ac:adf-attribute key=\"panel-type\">note</ac:adf-attribute>\
         <ac:adf-content><p>new</p></ac:adf-content></ac:adf-node><ac:adf-fallback><div><p>old</p></div>\
         </ac:adf-fallback></ac:adf-extension>",
        "old",
    );
    check(
        "<ac:adf-extension><ac:adf-node type=\"panel\"><ac:adf-content><p>new</p></ac:adf-content></ac:adf-node></ac:adf-extension>",
        "new",
    );
}

#[test]
fn layouts_are_read_in_their_order() {
    check(
        "<ac:layout><ac:layout-section ac:type=\"two_equal\"><ac:layout-cell><p>a</p></ac:layout-cell>\
         <ac:layout-cell><p>b</p></ac:layout-cell></ac:layout-section></ac:layout>",
        "a\n\nb",
    );
}

#[test]
fn broken_bodies_are_read_as_far_as_they_go() {
    check("<p>a<b>c</p>d", "a**c**\n\nd");
    check("a</p></div><p>b", "a\n\nb");
    check("<p>1 < 2</p><p>b</p>", "1 < 2\n\nb");
    check("<p>a &unheard; & b</p>", "a &unheard; & b");
    check("<p>a</p><![CDATA[b", "a\n\n<![CDATA[b");
    check("<p>a<!-- never ends", "a<!-- never ends");
    check("<td>a</td><li>b</li><ac:caption>c</ac:caption>", "a\n\n- b");
    check("<ac:parameter>a</ac:parameter><ac:plain-text-body>b</ac:plain-text-body>", "b");
    check("<p>a</p><script>x()</script>", "a");
}

#[test]
fn depth_and_faults_are_bounded() {
    let deep = "<div><blockquote><ul><li>".repeat(5_000);
    check(
        &format!("{deep}text"),
        &markdown("", &format!("{deep}text"), &Names::new()).trim_end().to_owned(),
    );
    assert!(markdown("", &format!("{deep}text"), &Names::new()).ends_with("text\n"));
    let faults = "<p>a</p><!-".repeat(50_000);
    assert!(markdown("", &faults, &Names::new()).len() < 2 * faults.len());
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(storage in "(<|</|/>|>|p|td|tr|table|ul|li|ac:structured-macro|ac:name=\"code\"|ac:parameter|ac:plain-text-body|<!\\[CDATA\\[|\\]\\]>|&|;|nbsp|#x|\"| |=|a|é|\n){0,60}") {
        markdown("t", &storage, &Names::new());
        mentions(&storage);
    }

    #[test]
    fn plain_paragraphs_keep_every_word(paragraphs in proptest::collection::vec("[a-zé0-9]{1,8}( [a-zé0-9]{1,8}){0,5}", 0..8)) {
        let storage: String = paragraphs.iter().map(|text| format!("<p>{text}</p>\n")).collect();
        let expect = paragraphs.join("\n\n");
        let read = markdown("", &storage, &Names::new());
        prop_assert_eq!(read.trim_end(), expect);
    }
}

/// The evaluation data, or none, which is said aloud.
#[expect(clippy::disallowed_methods, reason = "a test is told by the environment where data is")]
#[expect(clippy::print_stderr, reason = "what is skipped is said aloud")]
fn data() -> Option<PathBuf> {
    let data = std::env::var_os("OUTCROP_DATA").map(|data| PathBuf::from(data).join("confluence"));
    if data.as_ref().is_none_or(|data| !data.is_dir()) {
        eprintln!("skipped: OUTCROP_DATA is not set, or has no folder 'confluence'");
        return None;
    }
    data
}

/// The words of a text without marks of Markdown, each with how often it is there.
fn words(text: &str) -> HashMap<String, usize> {
    let link = regex::Regex::new(r"!?\[([^\]]*)\]\((<[^>]*>|[^)\s]*)\)").unwrap();
    let text = link.replace_all(text, " $1 ").replace("<br>", " ");
    let lines = text.lines().filter(|line| !line.starts_with("```")).collect::<Vec<_>>().join("\n");
    let mut words = HashMap::new();
    for word in lines.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|w| !w.is_empty())
    {
        *words.entry(word.to_lowercase()).or_default() += 1;
    }
    words
}

#[test]
fn real_pages_become_their_true_text() {
    let Some(data) = data() else { return };
    let mut scores = Vec::new();
    for entry in std::fs::read_dir(data.join("storage")).unwrap() {
        let path = entry.unwrap().path();
        let storage = std::fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let truth = std::fs::read_to_string(data.join(format!("text/{name}.txt"))).unwrap();
        let (truth, read) = (words(&truth), words(&markdown("", &storage, &Names::new())));
        let both: usize =
            truth.iter().map(|(word, count)| (*count).min(*read.get(word).unwrap_or(&0))).sum();
        let all = truth.values().sum::<usize>() + read.values().sum::<usize>();
        scores.push((20_000 * both / all.max(1), name));
    }
    assert!(scores.len() >= 33, "{}", scores.len());
    scores.sort();
    let mean = scores.iter().map(|(score, _)| score).sum::<usize>() / scores.len();
    assert!(mean >= 9_700, "{mean} {scores:?}");
}
