//! The part of a page that its text stands in.

use super::super::page::Page;
use super::measures::Measures;
use super::words;

/// The element that holds the text of an article.
pub(super) fn of_article(page: &Page, measures: &Measures) -> usize {
    let prose = |index| measures.whole(index).prose;
    named(page, measures).unwrap_or_else(|| innermost(page, 75, prose))
}

/// The element that any other page says is its main part, if it holds most of the text.
pub(super) fn of_other(page: &Page, measures: &Measures) -> usize {
    let main = page.find(|element| {
        element.name() == "main" || element.attribute("role").is_some_and(|role| role == "main")
    });
    let all = measures.whole(0).plain();
    main.filter(|main| measures.whole(*main).plain() * 2 > all).unwrap_or_default()
}

/// The element that is named as the text of an article, if there is one that stands out.
fn named(page: &Page, measures: &Measures) -> Option<usize> {
    let all = measures.whole(0).prose;
    let prose = |index: &usize| measures.whole(*index).prose;
    let outermost = |is_it: &dyn Fn(usize) -> bool| {
        let mut found = Vec::new();
        let mut index = 0;
        while index < page.nodes.len() {
            if is_it(index) {
                found.push(index);
                index = page.within(index).end;
            } else {
                index += 1;
            }
        }
        found
    };
    let by_name = outermost(&|index| {
        page.element(index).is_some_and(|element| {
            let property = element.attribute("itemprop").unwrap_or_default();
            property.eq_ignore_ascii_case("articleBody") || words::names_article(element)
        })
    });
    let by_tag = outermost(&|index| page.name(index) == "article");
    [(by_name, 40), (by_tag, 50)].into_iter().find_map(|(found, percent)| {
        let most = found.iter().copied().max_by_key(prose)?;
        let total: usize = found.iter().map(prose).sum();
        let stands_out = prose(&most) * 100 >= total * 80 && prose(&most) * 100 >= all * percent;
        (stands_out && prose(&most) > 0).then_some(most)
    })
}

/// The innermost element that holds so many percent of what the one around it holds.
fn innermost(page: &Page, percent: usize, weight: impl Fn(usize) -> usize) -> usize {
    let mut root = 0;
    loop {
        let least = weight(root) * percent / 100;
        let mut at = root + 1;
        while at < page.within(root).end && weight(at) <= least {
            at = page.within(at).end;
        }
        if at >= page.within(root).end || !is_section(page.name(at)) {
            return root;
        }
        root = at;
    }
}

/// Whether an element can be a part of a page, rather than a part of its text.
fn is_section(name: &str) -> bool {
    !matches!(
        name,
        "" | "p"
            | "pre"
            | "ul"
            | "ol"
            | "dl"
            | "li"
            | "blockquote"
            | "a"
            | "span"
            | "tbody"
            | "tr"
            | "code"
    )
}
