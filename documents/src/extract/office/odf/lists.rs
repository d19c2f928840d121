//! Numbers of list items.

use std::collections::HashMap;

use super::styles::Styles;
use crate::extract::numeral::Numeral;

/// Lists nested deeper than this are counted as deep as this.
const LEVELS: usize = 10;

/// How far the lists of a document have been counted, by their style.
#[derive(Debug, Default)]
pub(super) struct Counters {
    by_list: HashMap<String, [Option<u32>; LEVELS]>,
}

impl Counters {
    /// Begins a list, or a list within one, anew.
    pub(super) fn restart(&mut self, list: &str, depth: usize) {
        let counters = self.by_list.entry(list.to_owned()).or_default();
        if let Some(deeper) = counters.get_mut(depth..) {
            deeper.fill(None);
        }
    }

    /// What stands before the next item: none where nothing does.
    pub(super) fn marker(
        &mut self,
        styles: &Styles,
        list: &str,
        depth: usize,
        start: Option<u32>,
    ) -> Option<String> {
        let depth = depth.min(LEVELS - 1);
        let Some(level) = styles.level(list, depth) else { return Some("-".to_owned()) };
        let counters = self.by_list.entry(list.to_owned()).or_default();
        let count = counters.get_mut(depth)?;
        let next = count.map_or(level.start, |count| count.saturating_add(1));
        *count = Some(start.unwrap_or(next));
        if let Some(deeper) = counters.get_mut(depth + 1..) {
            deeper.fill(None);
        }
        match level.numeral {
            Numeral::Bullet => return Some("-".to_owned()),
            Numeral::None => return None,
            _ => {}
        }
        let first = (depth + 1).saturating_sub(level.shown);
        let numbers = (first..=depth).filter_map(|index| {
            let above = styles.level(list, index)?;
            let number = counters.get(index).copied().flatten().unwrap_or(above.start);
            let text = above.numeral.write(number);
            (!text.is_empty()).then_some(text)
        });
        let numbers = numbers.collect::<Vec<_>>().join(".");
        Some(format!("{}{numbers}{}", level.prefix, level.suffix).trim().to_owned())
    }
}
