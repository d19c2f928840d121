//! A run may end at any event; what the next ones tell makes up for it.

use std::collections::BTreeSet;

use crate::support::{Org, id, short};

const T1: &str = "2026-01-01T00:00:01Z";
const T2: &str = "2026-01-01T00:00:02Z";

/// What is indexed after some events.
async fn apply(index: &mut BTreeSet<String>, org: &Org, most: usize) -> usize {
    let events = org.events_until(most).await;
    for event in &events {
        let line = short(event);
        match line.split_at(1) {
            ("+", key) => drop(index.insert(key.to_owned())),
            ("-" | "?", key) => drop(index.remove(key)),
            _ => {}
        }
    }
    events.len()
}

#[tokio::test]
async fn a_run_that_is_killed_at_any_event_ends_where_a_whole_one_does() {
    let keys = |numbers: &[u32]| -> BTreeSet<String> {
        numbers.iter().map(|number| format!("Account/{number}")).collect()
    };
    for gap in [false, true] {
        for most in 0.. {
            let org = Org::new().await;
            org.server.set_page_size(2);
            let mut index = BTreeSet::new();
            for number in 1..=5 {
                org.put(number, T1, "x");
            }
            let first = apply(&mut index, &org, most).await;
            apply(&mut index, &org, usize::MAX).await;
            assert_eq!(index, keys(&[1, 2, 3, 4, 5]), "killed after {most} events");
            org.put(2, T2, "y");
            org.put(6, T2, "y");
            for number in [1, 4] {
                org.server.remove("Account", &id(number));
                org.server.log_deletion("Account", &id(number));
            }
            org.wait("Account", if gap { 60 * 24 * 16 } else { 60 }).await;
            let second = apply(&mut index, &org, most).await;
            apply(&mut index, &org, usize::MAX).await;
            assert_eq!(index, keys(&[2, 3, 5, 6]), "killed after {most} events, gap: {gap}");
            if first < most && second < most {
                break;
            }
        }
    }
}
