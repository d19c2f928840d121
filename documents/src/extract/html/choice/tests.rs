//! What is kept of pages of several kinds, each made up to hold what one rule is about.

use super::super::extract;

const SENTENCE: &str =
    "The badger leaves its sett at dusk, and is back in it before the sun is up. ";

fn text(html: &str) -> String {
    extract(html.as_bytes(), None, "").text
}

/// Checks which words of a page are kept and which are left out.
fn check(html: &str, kept: &[&str], left_out: &[&str]) {
    let text = text(html);
    for word in kept {
        assert!(text.contains(word), "{word} is kept: {text}");
    }
    for word in left_out {
        assert!(!text.contains(word), "{word} is left out: {text}");
    }
}

/// A page that says it is an article.
fn article(body: &str) -> String {
    format!("<meta property=og:type content=article><title>Setts</title><body>{body}")
}

/// So many paragraphs.
fn paragraphs(count: usize) -> String {
    format!("<p>{SENTENCE}{SENTENCE}</p>").repeat(count)
}

#[test]
fn what_surrounds_an_article_goes() {
    let text = paragraphs(3);
    check(
        &article(&format!(
            "<p>Breaking: {SENTENCE}Elsewhere.</p><h1>Setts</h1><div class=entry-content>\
             <span class=byline>By Ann Lee</span><div><span class=newsCaption>A sett</span></div>\
             <p>Sharing is caring!</p><p>Found in woods</p>{text}\
             <div class=embed-widget><blockquote><p>Quoted words</p></blockquote></div>\
             <h3>Don't miss</h3><ul><li><a href=/a>Foxes are about</a></ul>{text}\
             <p>Follow us on <a href=/f>Facebook</a> and <a href=/t>Twitter</a>.</p>\
             <h3>Related stories</h3><p>Hares, {SENTENCE}</p></div>"
        )),
        &["Found in woods", "Quoted words"],
        &["Elsewhere", "Ann Lee", "A sett", "Sharing", "miss", "Foxes", "Facebook", "Hares"],
    );
}

#[test]
fn a_body_is_not_the_text_of_an_article_whatever_it_is_called() {
    let html = format!(
        "<meta property=og:type content=article><title>Setts</title><body class='post-content'>\
         <div><p>Our shop sells traps, {SENTENCE}</p></div><article>{}</article>",
        paragraphs(5)
    );
    check(&html, &["The badger"], &["traps"]);
}

#[test]
fn a_text_between_headline_and_article_is_kept() {
    let html = article(&format!(
        "<div><h1>Setts</h1><div><p>Lead, {SENTENCE}{SENTENCE}{SENTENCE}{SENTENCE}{SENTENCE}</p></div>\
         <div class=post-content>{}</div></div>",
        paragraphs(10)
    ));
    check(&html, &["Lead", "The badger"], &[]);
}

#[test]
fn of_several_texts_the_one_under_the_headline_is_the_article() {
    let story = |name: &str| {
        format!(
            "<div><h1>{name}</h1><div class=story-body><p>{name}: {SENTENCE}</p>{}</div></div>",
            paragraphs(2)
        )
    };
    let html = article(&["Setts", "Foxes", "Hares"].map(story).concat());
    check(&html, &["Setts: "], &["Foxes", "Hares"]);
    // Here each is as much the page's as the others.
    let html = article(&format!(
        "<h1>Setts</h1>{}",
        ["Foxes", "Hares"].map(|name| story(name).replace("h1", "h2")).concat()
    ));
    check(&html, &["Foxes: ", "Hares: "], &[]);
}

#[test]
fn what_a_heading_announces_is_kept_where_the_text_goes_on() {
    let text = paragraphs(3);
    let html = article(&format!(
        "<h1>Setts</h1><div>{text}<h2>More on foxes</h2>{text}<h2>Related posts</h2>\
         <ul><li><a href=/a>Hares</a></ul>{text}<h2>Comments</h2><p>Nice, {SENTENCE}</p></div>"
    ));
    check(&html, &["## More on foxes"], &["Related", "Hares", "Comments", "Nice"]);
    assert_eq!(self::text(&html).matches("The badger").count(), 18);
}

#[test]
fn an_address_tells_an_article_that_says_nothing_of_itself() {
    let html = format!(
        "<div><div>Weather: fine</div><div class=press-release>{}</div></div>",
        paragraphs(4)
    );
    let text = |name| extract(html.as_bytes(), None, name).text;
    assert!(!text("https://a.org/news/setts.html").contains("Weather"));
    assert!(text("https://a.org/setts.html").contains("Weather"));
}

#[test]
fn help_keeps_its_structure_though_it_says_that_it_is_an_article() {
    let html = article(&format!(
        "<main><article><h1>Setts</h1><div class=article-body><p>Available on</p>\
         <table><tr><td>Plan<td>Team</table>{}<aside class='callout tip'>Test first</aside>\
         <h2 id=login>Login</h2><div id=share-files><h3>Share files</h3>Send it</div>\
         <h2>Recommended settings</h2><dl><dt>Issuer<dd>Entity</dl>\
         <details><summary>Off?</summary>Any time</details><h2>More on keys</h2>{}\
         <h2>Limits</h2><ol><li><p>Ten users</p></ol></div></article></main>",
        paragraphs(3),
        paragraphs(2)
    ));
    let kept = [
        "Available on",
        "Team",
        "Test first",
        "Login",
        "Send it",
        "Recommended settings",
        "Entity",
        "Any time",
        "## More on keys",
        "## Limits",
        "Ten users",
    ];
    check(&html, &kept, &[]);
}

#[test]
fn a_page_with_code_is_no_article_whatever_it_says() {
    let signatures = "<p>Call <code>run</code> with a <var>path</var></p>".repeat(4);
    check(
        &article(&format!("<div>Module setts</div><h1>Setts</h1>{}{signatures}", paragraphs(3))),
        &["Module", "# Setts", "with a path"],
        &[],
    );
}

#[test]
fn what_is_folded_away_is_text() {
    check(
        "<div class=accordion><h2><button>Can I cancel?</button></h2>\
         <div class=accordion-body style='display:none'>Within 14 days</div></div>\
         <button class=collapsible>Refunds</button><button>Copy</button>\
         <button role=tab>npm</button><div role=tabpanel hidden><p>In tab two</p></div><div hidden>Nowhere</div>",
        &["## Can I cancel?", "Within 14 days", "Refunds", "npm", "In tab two"],
        &["Copy", "Nowhere"],
    );
}

#[test]
fn comments_are_the_text_of_a_discussion() {
    let comment =
        |name: &str| format!("<div class=comment-body><p>{name} says: {SENTENCE}</p></div>");
    let comments = ["Ann", "Bob", "Cid", "Dan"].map(comment).concat();
    check(&format!("<h1>Crash</h1>{comments}"), &["Ann", "Bob", "Cid", "Dan"], &[]);
    let html = format!("<h1>Crash</h1>{}{comments}", paragraphs(8));
    check(&html, &["The badger"], &["Ann", "Bob", "Cid", "Dan"]);
}

#[test]
fn parts_of_a_page_that_is_no_article_stay_whatever_they_are_called() {
    let text = paragraphs(2);
    check(
        &format!(
            "{text}<div class=sidebar><p>See</p><pre>cargo run</pre></div>\
             <div class=webpart-widget><h2>Rates</h2><table><tr><td>Norway<td>90</table></div>\
             <div role=note class=navigation-not>See also foxes</div>{text}\
             <div class=promo-box><a href=/x>Buy a trap</a></div>"
        ),
        &["cargo run", "Norway", "foxes"],
        &["Buy"],
    );
}

#[test]
fn the_header_of_a_site_goes_and_that_of_a_page_stays() {
    let links = "<a href=/a>Products</a> <a href=/b>Company</a>";
    let text = paragraphs(2);
    check(&format!("<header><div>{links}</div></header>{text}"), &["The badger"], &["Products"]);
    check(
        &format!("<header><h1>Setts</h1><p>Where badgers live</p></header>{text}"),
        &["Setts", "Where"],
        &[],
    );
}
