//! What of a page is text to read. Navigation, share bars and the like are told by what they are
//! called and by how they are made: little prose, many links. Where a page is an article, its
//! text is what most of the prose stands in, and what surrounds it goes too; any other page keeps
//! all that is not clearly something else.
//!
//! Losing content is worse than keeping what is none: where too little would be left, more is kept.

mod ends;
mod kind;
mod measures;
mod root;
mod trim;
mod words;

use std::ops::Range;

use super::links::Base;
use super::page::Page;
use super::properties::Data;
use kind::Kind;
use measures::Measures;

/// An article that holds less of the prose than this percentage is not what the page is about,
/// unless the page names it, and most of it was kept.
const LEAST_PROSE: usize = 30;
const LEAST_NAMED_PROSE: usize = 15;
const MOST_OF_NAMED: usize = 60;

/// Where less of the text outside of links than this percentage would be left, all is kept.
const LEAST_PLAIN: usize = 30;

/// Whether something stands in what leads to other pages, or is a tool.
pub(super) fn is_in_furniture(page: &Page, index: usize) -> bool {
    page.above(index)
        .any(|at| page.name(at) == "nav" || words::role(page, at) == Some(words::Role::Furniture))
}

/// What is written of a page.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    /// What it is a part of.
    pub(super) range: Range<usize>,
    /// The heading that says the page's title, where it stands elsewhere.
    pub(super) headline: Option<usize>,
    /// Whether it is the text of an article, without its headline and its pictures.
    pub(super) is_article: bool,
    /// For every node, whether it is left out with all that is within it.
    left_out: Vec<bool>,
}

impl Choice {
    /// All that is not hidden.
    pub(super) fn whole(page: &Page) -> Self {
        // What waits to be opened is not hidden from readers.
        let hidden = |index| {
            page.element(index).is_some_and(|element| element.is_hidden() && !words::opens(element))
        };
        let left_out = (0..page.nodes.len()).map(hidden).collect();
        Self { range: page.within(0), headline: None, is_article: false, left_out }
    }

    /// What readers come for. `data` is what the page says of itself, `base` knows its address,
    /// `headline` is the heading that says its title.
    pub(super) fn main(page: &Page, data: &Data, base: &Base, headline: Option<usize>) -> Self {
        let whole = Self::whole(page);
        let all = Measures::of(page, &whole);
        let mut plain = whole.clone();
        trim::furniture(page, &all, &mut plain);
        let measures = Measures::of(page, &plain);
        if kind::of(page, data, base, &measures) == Kind::Article {
            let mut article = plain.clone();
            trim::others(page, &measures, &mut article);
            let measures = Measures::of(page, &article);
            article.range = page.within(root::of_article(page, &measures, headline));
            article.headline = headline;
            article.is_article = true;
            trim::surroundings(page, &measures, &mut article);
            ends::trim(page, &mut article);
            let kept = Measures::of(page, &article).whole(article.range.start).prose * 100;
            let (held, all) = (measures.whole(article.range.start).prose, measures.whole(0).prose);
            let is_named = kept >= all * LEAST_NAMED_PROSE && kept >= held * MOST_OF_NAMED;
            if kept >= all * LEAST_PROSE || is_named {
                return article;
            }
        }
        let kept = measures.whole(0);
        let is_enough = kept.plain() * 100 >= all.whole(0).plain() * LEAST_PLAIN && kept.text > 0;
        let mut other = if is_enough { plain } else { whole };
        other.range = page.within(root::of_other(page, &measures));
        other.headline = headline.filter(|headline| !other.range.contains(headline));
        other
    }

    /// Whether a node is left out, with all that is within it.
    pub(super) fn leaves_out(&self, index: usize) -> bool {
        self.left_out.get(index).copied().unwrap_or(true)
    }

    fn leave_out(&mut self, index: usize) {
        if let Some(left_out) = self.left_out.get_mut(index) {
            *left_out = true;
        }
    }
}

#[cfg(test)]
mod tests;
