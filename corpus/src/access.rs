//! Who may read a document, as its source says.
//!
//! Sources combine permissions by conjunction: a Confluence page is seen by those who may see its
//! space and are named by its own restriction and by that of each page above it. So it is a list
//! of groups of principals, of each of which one must be the reader. Connectors capture it with
//! every document; whether questions go by it is the operator's to say.

use serde::{Deserialize, Serialize};

/// Who may read a document. Without principals in any list, everybody.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Access {
    /// In each of these sets the reader, or a group of theirs, must be. An empty set admits
    /// nobody.
    pub all_of: Vec<Vec<Principal>>,
    /// None of these may read, whatever else holds.
    pub denied: Vec<Principal>,
}

/// Somebody, as a source knows them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Principal {
    /// What it is.
    pub kind: PrincipalKind,
    /// The source's own stable id of it: an account id, a group's name or id. Empty for
    /// [`PrincipalKind::Everyone`] and [`PrincipalKind::Anonymous`].
    pub id: String,
}

/// What a principal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PrincipalKind {
    /// One person or program.
    User,
    /// Those in a group, directly or through other groups.
    Group,
    /// Everybody whom the source knows.
    Everyone,
    /// Everybody at all.
    Anonymous,
}

impl Access {
    /// Whether a reader who is all of `principals` may read. Who is known to the source must be
    /// given as [`PrincipalKind::Everyone`] too, and every reader as [`PrincipalKind::Anonymous`].
    pub fn permits(&self, principals: &[Principal]) -> bool {
        let is_one_of = |set: &[Principal]| set.iter().any(|one| principals.contains(one));
        !is_one_of(&self.denied) && self.all_of.iter().all(|set| is_one_of(set))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: &str) -> Principal {
        Principal { kind: PrincipalKind::User, id: id.to_owned() }
    }

    fn group(id: &str) -> Principal {
        Principal { kind: PrincipalKind::Group, id: id.to_owned() }
    }

    #[test]
    fn every_set_must_hold_the_reader_and_a_denial_wins() {
        let access = Access {
            all_of: vec![vec![group("staff")], vec![user("ann"), group("law")]],
            denied: vec![user("eve")],
        };
        assert!(access.permits(&[user("ann"), group("staff")]));
        assert!(access.permits(&[user("bob"), group("staff"), group("law")]));
        assert!(!access.permits(&[user("ann")]));
        assert!(!access.permits(&[user("eve"), group("staff"), group("law")]));
        assert!(Access::default().permits(&[]));
        assert!(!Access { all_of: vec![Vec::new()], denied: Vec::new() }.permits(&[user("ann")]));
    }
}
