//! The order in which keys are listed.
//!
//! S3 lists by the bytes of whole keys. Servers that keep objects in directories list a directory
//! after the other, each by name: `a/z`, then `a.md`. In both, the keys that begin with some key
//! come right after it and in one run, which is all that pairing needs. Directory buckets, and
//! servers that ask many machines at once, list in no order.

use std::cmp::Ordering;

/// Watches keys go by.
#[derive(Debug, Clone)]
pub(super) struct Order {
    last: Option<String>,
    by_bytes: bool,
    by_parts: bool,
}

impl Order {
    /// Nothing was seen yet.
    pub(super) fn new() -> Self {
        Self { last: None, by_bytes: true, by_parts: true }
    }

    /// Looks at the next key; tells whether all so far came in one of the orders.
    pub(super) fn holds(&mut self, key: &str) -> bool {
        if let Some(last) = &self.last {
            self.by_bytes &= last.as_bytes() < key.as_bytes();
            self.by_parts &= by_parts(last, key) == Ordering::Less;
        }
        key.clone_into(self.last.get_or_insert_default());
        self.by_bytes || self.by_parts
    }
}

fn by_parts(one: &str, other: &str) -> Ordering {
    one.split('/').map(str::as_bytes).cmp(other.split('/').map(str::as_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_orders_are_known() {
        let check = |keys: &[&str], expect: bool| {
            let mut order = Order::new();
            let holds = keys.iter().map(|key| order.holds(key)).fold(true, |all, one| all && one);
            assert_eq!(holds, expect, "{keys:?}");
        };
        check(&[], true);
        check(&["a-b", "a.md", "a/z"], true);
        check(&["a/z", "a-b", "a.md"], true);
        check(&["a/z", "a-b", "b", "b/c"], true);
        check(&["\u{1}", " ", "Z", "a", "ä", "\u{fffd}", "\u{10000}"], true);
        check(&["b", "a"], false);
        check(&["a", "a"], false);
        // One order for a while, then the other.
        check(&["a-b", "a/z", "b/z", "b-b"], false);
    }
}
