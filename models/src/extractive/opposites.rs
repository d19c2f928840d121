//! Words that mean the opposite of each other, in English. A sentence that has the opposite of a
//! word of the question in its place often looks as if it answered, and does not.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The words that mean the opposite of a word in lower case.
pub(super) fn of(word: &str) -> &'static [&'static str] {
    static OPPOSITES: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(map);
    OPPOSITES.get(word).map_or(&[], Vec::as_slice)
}

/// A word without the syllable at its beginning that makes it its opposite, as `distinct` of
/// `indistinct`; `None` where it has none, or hardly anything else.
pub(super) fn without_prefix(word: &str) -> Option<&str> {
    let rest = PREFIXES.iter().find_map(|prefix| word.strip_prefix(prefix));
    rest.filter(|rest| rest.chars().count() >= 5)
}

fn map() -> HashMap<&'static str, Vec<&'static str>> {
    let mut map: HashMap<&str, Vec<&str>> = HashMap::new();
    for (one, other) in PAIRS.split_whitespace().filter_map(|pair| pair.split_once('/')) {
        map.entry(one).or_default().push(other);
        map.entry(other).or_default().push(one);
    }
    map
}

const PREFIXES: [&str; 9] = ["un", "in", "im", "non", "dis", "ir", "il", "anti", "counter"];

const PAIRS: &str = "more/less more/fewer most/least many/few larger/smaller large/small \
    largest/smallest bigger/smaller biggest/smallest higher/lower high/low highest/lowest \
    longer/shorter long/short longest/shortest early/late earlier/later earliest/latest \
    older/younger oldest/youngest oldest/newest old/new first/last before/after above/below \
    over/under inside/outside increase/decrease increased/decreased increases/decreases \
    increasing/decreasing rise/fall rose/fell gain/lose gained/lost win/lose won/lost start/end \
    started/ended began/ended begin/end begins/ends beginning/end open/close opened/closed \
    opens/closes success/failure successful/unsuccessful succeeded/failed strong/weak \
    stronger/weaker strongest/weakest positive/negative support/oppose supported/opposed \
    allow/prohibit allowed/prohibited allow/forbid internal/external public/private major/minor \
    majority/minority maximum/minimum best/worst better/worse good/bad hot/cold hotter/colder \
    rich/poor richer/poorer east/west north/south eastern/western northern/southern male/female \
    men/women man/woman mother/father son/daughter brother/sister husband/wife boys/girls \
    king/queen left/right up/down upper/lower top/bottom front/rear fast/slow faster/slower \
    fastest/slowest heavy/light thick/thin wide/narrow easy/difficult easy/hard simple/complex \
    always/never often/rarely frequently/rarely common/rare same/different similar/different \
    agree/disagree include/exclude included/excluded including/excluding import/export \
    imported/exported buy/sell bought/sold create/destroy created/destroyed build/destroy \
    built/destroyed join/leave joined/left arrive/leave arrived/left enter/leave entered/left \
    push/pull all/none true/false war/peace friend/enemy enemy/ally death/birth died/born \
    dead/alive ancient/modern domestic/foreign local/national rural/urban odd/even \
    primary/secondary deny/confirm denied/confirmed advantage/disadvantage \
    advantages/disadvantages benefit/harm near/far nearest/farthest finite/infinite";

#[cfg(test)]
mod tests {
    use super::*;

    fn check(word: &str, opposites: &[&str], bare: Option<&str>) {
        assert_eq!(of(word), opposites);
        assert_eq!(without_prefix(word), bare);
    }

    #[test]
    fn opposites_are_listed_or_made_by_a_prefix() {
        check("smaller", &["larger", "bigger"], None);
        check("before", &["after"], None);
        check("indistinguishable", &[], Some("distinguishable"));
        check("uncle", &[], None);
        check("東京", &[], None);
    }
}
