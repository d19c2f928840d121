//! What is still to be visited: a queue for each host, and no two visits to a host at once.

use std::collections::{HashMap, HashSet, VecDeque};

use url::Url;

use super::hosts;
use super::memory::Todo;

/// What is still to be visited.
#[derive(Debug, Default)]
pub(super) struct Frontier {
    /// In the order in which hosts are served: whoever was served goes to the end.
    order: VecDeque<String>,
    queues: HashMap<String, VecDeque<Todo>>,
    busy: HashSet<String>,
}

impl Frontier {
    /// Adds a visit behind all others to its host.
    pub(super) fn push(&mut self, url: &Url, todo: Todo) {
        let host = hosts::name(url);
        let queue = self.queues.entry(host.clone()).or_default();
        if queue.is_empty() {
            self.order.push_back(host);
        }
        queue.push_back(todo);
    }

    /// The next visit to a host that is not visited now; [`Self::done`] says when it ended.
    pub(super) fn pop(&mut self) -> Option<Todo> {
        let at = self.order.iter().position(|host| !self.busy.contains(host))?;
        let host = self.order.remove(at)?;
        let queue = self.queues.get_mut(&host)?;
        let todo = queue.pop_front();
        if queue.is_empty() {
            self.queues.remove(&host);
        } else {
            self.order.push_back(host.clone());
        }
        self.busy.insert(host);
        todo
    }

    /// A visit ended.
    pub(super) fn done(&mut self, url: &Url) {
        self.busy.remove(&hosts::name(url));
    }
}

#[cfg(test)]
mod tests {
    use super::super::memory::{Canonical, Role};
    use super::*;

    #[test]
    fn hosts_take_turns_and_are_visited_once_at_a_time() {
        let mut frontier = Frontier::default();
        let mut urls = Vec::new();
        for text in ["https://a.example/1", "https://a.example/2", "https://b.example/1"] {
            let Ok(url) = Url::parse(text) else { continue };
            let todo = Todo {
                number: 0,
                url: text.to_owned(),
                role: Role::Page,
                depth: 0,
                chain: Vec::new(),
                parent: None,
                attempts: 0,
                canonical: Canonical::Heeded,
            };
            frontier.push(&url, todo);
            urls.push(url);
        }
        let mut next = |done: Option<usize>| {
            if let Some(url) = done.and_then(|done| urls.get(done)) {
                frontier.done(url);
            }
            frontier.pop().map(|todo| todo.url)
        };
        assert_eq!(next(None).as_deref(), Some("https://a.example/1"));
        assert_eq!(next(None).as_deref(), Some("https://b.example/1"));
        assert_eq!(next(None), None);
        assert_eq!(next(Some(2)), None);
        assert_eq!(next(Some(0)).as_deref(), Some("https://a.example/2"));
        assert_eq!(next(Some(0)), None);
    }
}
