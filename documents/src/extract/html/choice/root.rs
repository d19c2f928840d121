//! The part of a page that its text stands in.

use super::super::page::Page;
use super::kind::LEAST_PROSE;
use super::measures::Measures;
use super::words;

/// The element that holds the text of an article, with what stands between that and its headline,
/// if that is a text of its own.
pub(super) fn of_article(page: &Page, measures: &Measures, headline: Option<usize>) -> usize {
    let prose = |index| measures.whole(index).prose;
    let root = named(page, measures)
        .or_else(|| headed(page, measures, headline?))
        .unwrap_or_else(|| innermost(page, 75, prose));
    let Some(headline) = headline.filter(|headline| page.within(*headline).end <= root) else {
        return root;
    };
    let between: usize = (headline..root).map(|index| measures.own(index).prose).sum();
    if between < LEAST_PROSE || between * 100 < prose(root) * 15 {
        return root;
    }
    page.above(root).find(|at| page.within(*at).contains(&headline)).unwrap_or(root)
}

/// The element that any other page says is its main part, if it holds most of the text; the only
/// article in it is all that matters if it holds nearly all of the text.
pub(super) fn of_other(page: &Page, measures: &Measures) -> usize {
    let plain = |index: usize| measures.whole(index).plain();
    let main = page.find(|element| {
        element.name() == "main" || element.attribute("role").is_some_and(|role| role == "main")
    });
    let main = main.filter(|main| plain(*main) * 2 > plain(0)).unwrap_or_default();
    let articles = outermost(page, |index| page.name(index) == "article");
    match articles.as_slice() {
        [article]
            if page.within(main).contains(article) && plain(*article) * 10 > plain(main) * 9 =>
        {
            *article
        }
        _ => main,
    }
}

/// The element that is named as the text of an article, if there is one that stands out.
fn named(page: &Page, measures: &Measures) -> Option<usize> {
    let all = measures.whole(0).prose;
    let prose = |index: &usize| measures.whole(*index).prose;
    let by_name = outermost(page, |index| is_named(page, index));
    let by_tag = outermost(page, |index| page.name(index) == "article");
    [(by_name, 40), (by_tag, 50)].into_iter().find_map(|(found, percent)| {
        let most = found.iter().copied().max_by_key(prose)?;
        let total: usize = found.iter().map(prose).sum();
        let stands_out = prose(&most) * 100 >= total * 80 && prose(&most) * 100 >= all * percent;
        (stands_out && prose(&most) > 0).then(|| narrowed(page, measures, most))
    })
}

/// Of several articles, the one that the headline of the page stands in or above: the innermost
/// element around the headline that holds any of them holds no other.
fn headed(page: &Page, measures: &Measures, headline: usize) -> Option<usize> {
    let is_long = |index: usize| measures.whole(index).prose >= LEAST_PROSE;
    let by_name = outermost(page, |index| is_named(page, index) && is_long(index));
    let by_tag = outermost(page, |index| page.name(index) == "article" && is_long(index));
    [by_name, by_tag].into_iter().find_map(|found| {
        let within = |around: usize| {
            let range = page.within(around);
            let mut within = found.iter().copied().filter(|at| range.contains(at));
            within.next().map(|first| (first, within.next()))
        };
        let around = std::iter::once(headline).chain(page.above(headline));
        match around.into_iter().find_map(within)? {
            (article, None) => Some(article),
            (_, Some(_)) => None,
        }
    })
}

fn is_named(page: &Page, index: usize) -> bool {
    page.element(index).is_some_and(|element| {
        let property = element.attribute("itemprop").unwrap_or_default();
        property.eq_ignore_ascii_case("articleBody") || words::names_article(element)
    })
}

/// The innermost element named as the text of an article that holds nearly all the prose of one.
fn narrowed(page: &Page, measures: &Measures, root: usize) -> usize {
    let prose = |index: usize| measures.whole(index).prose;
    let holds_all = |index: &usize| {
        prose(*index) * 10 >= prose(root) * 9
            && page.element(*index).is_some_and(words::names_article)
    };
    page.within(root).rfind(holds_all).unwrap_or(root)
}

/// The elements that something holds for, and that stand in no other such element.
fn outermost(page: &Page, is_it: impl Fn(usize) -> bool) -> Vec<usize> {
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
