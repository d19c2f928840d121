//! Who may read what: the space's permission, and the restriction of each page from the document up
//! to the root. All of them hold at once; a list without anybody restricts nothing.
//!
//! What cannot be learned is closed: a space whose permissions are not told, or a page whose
//! restriction is not, is readable by nobody until it is. Only a page of the chain that is not
//! there for us (404) is stepped over, for readers see what is below it without it.

use std::collections::HashMap;

use corpus::{Access, ConfluenceHosting, Principal, PrincipalKind};
use serde::Deserialize;
use serde_json::Value;

use super::client::{BRIEF, part};
use super::fault::Fault;
use super::listing::Listing;
use super::wiki::Wiki;
use super::wire::{Permission, Restriction, Space, Subject};

/// Subjects of a restriction that are asked for at once.
const SUBJECTS: usize = 100;

/// The rights within a space.
#[derive(Debug)]
pub(super) struct Rights {
    space: Vec<Principal>,
    nodes: HashMap<String, Restricted>,
}

/// What one page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Restricted {
    /// Nothing.
    No,
    /// Only these; nobody, where it is not known whom.
    To(Vec<Principal>),
}

impl Rights {
    /// Asks who may see a space.
    pub(super) async fn of_space(wiki: &Wiki, space: &Space) -> Result<Self, Fault> {
        let readers = match wiki.readers(space).await {
            Ok(readers) => readers,
            Err(fault) if ends_all(&fault) => return Err(fault),
            Err(fault) => {
                tracing::warn!(
                    space.key = %space.key,
                    "nobody is known to be allowed to read this space, for its permissions cannot \
                     be read (Data Center tells them to administrators, from version 9.1 on): {fault}"
                );
                Vec::new()
            }
        };
        Ok(Self { space: readers, nodes: HashMap::new() })
    }

    /// Whether it is known what a page says.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.nodes.contains_key(id)
    }

    /// Remembers what a page says.
    pub(super) fn learn(&mut self, id: &str, restricted: Restricted) {
        self.nodes.insert(id.to_owned(), restricted);
    }

    /// Who may read a page, by the ids of it and of all above it.
    pub(super) fn access<'a>(&self, chain: impl IntoIterator<Item = &'a str>) -> Access {
        let mut all_of = vec![self.space.clone()];
        all_of.extend(chain.into_iter().filter_map(|id| match self.nodes.get(id) {
            Some(Restricted::No) => None,
            Some(Restricted::To(principals)) => Some(principals.clone()),
            None => Some(Vec::new()),
        }));
        for set in &mut all_of {
            set.sort_unstable();
        }
        Access { all_of, denied: Vec::new() }
    }
}

impl Restricted {
    /// Asks what a page says.
    pub(super) async fn of(wiki: &Wiki, id: &str) -> Result<Self, Fault> {
        match wiki.restriction(id).await {
            Ok(principals) if principals.is_empty() => Ok(Self::No),
            Ok(principals) => Ok(Self::To(principals)),
            Err(Fault::NotFound) => Ok(Self::No),
            Err(fault) if ends_all(&fault) => Err(fault),
            Err(fault) => {
                tracing::warn!(
                    content.id = %id,
                    "nobody is known to be allowed to read this page and those below it, for its \
                     restriction cannot be read: {fault}"
                );
                Ok(Self::To(Vec::new()))
            }
        }
    }
}

/// Whether nothing else can be asked either.
fn ends_all(fault: &Fault) -> bool {
    matches!(fault, Fault::Login | Fault::Source(_) | Fault::WebPage | Fault::Fetch(_))
}

impl Wiki {
    /// Whom something is restricted to, by itself; nobody in the list where it is not.
    pub(super) async fn restriction(&self, id: &str) -> Result<Vec<Principal>, Fault> {
        let path = format!("/content/{}/restriction/byOperation/read", part(id));
        let (mut principals, mut start) = (Vec::new(), 0);
        loop {
            let url = self
                .v1(
                    &path,
                    &[
                        ("expand", "restrictions.user,restrictions.group"),
                        ("start", &start.to_string()),
                        ("limit", &SUBJECTS.to_string()),
                    ],
                )
                .await?;
            let answer: Restriction = self.client.get(&url, BRIEF).await?;
            let subjects = answer.restrictions;
            let users = subjects.user.map(|users| users.results).unwrap_or_default();
            let groups = subjects.group.map(|groups| groups.results).unwrap_or_default();
            let is_last = users.len() < SUBJECTS && groups.len() < SUBJECTS;
            principals.extend(users.iter().filter_map(|user| self.user(user)));
            principals.extend(groups.iter().filter_map(|group| self.group(group)));
            if is_last {
                return Ok(principals);
            }
            start += SUBJECTS;
        }
    }

    /// Who may see a space.
    pub(super) async fn readers(&self, space: &Space) -> Result<Vec<Principal>, Fault> {
        match self.hosting {
            ConfluenceHosting::Cloud => {
                let path = format!("/spaces/{}/permissions", part(&space.id));
                let listing = Listing::<Permission>::by_cursor(self.v2(&path, &[]).await?);
                Ok(self.readers_in(&listing.all(&self.client).await?))
            }
            ConfluenceHosting::DataCenter => {
                let path = format!("/space/{}/permissions", part(&space.key));
                let mut readers = self.readers_in(&self.permissions(&path).await?);
                let anonymous = self.permissions(&format!("{path}/anonymous")).await?;
                if anonymous.iter().any(Permission::is_to_read) {
                    readers.push(Principal { kind: PrincipalKind::Anonymous, id: String::new() });
                }
                Ok(readers)
            }
        }
    }

    /// Permissions on Data Center: a plain list.
    async fn permissions(&self, path: &str) -> Result<Vec<Permission>, Fault> {
        let value: Value = self.client.get(&self.v1(path, &[]).await?, BRIEF).await?;
        let list = value.get("results").cloned().unwrap_or(value);
        Vec::<Permission>::deserialize(list)
            .map_err(|_other| Fault::Malformed { reason: "permissions are no list".to_owned() })
    }

    fn readers_in(&self, permissions: &[Permission]) -> Vec<Principal> {
        let subjects = permissions
            .iter()
            .filter(|permission| permission.is_to_read())
            .filter_map(|permission| permission.principal.as_ref());
        let principals = subjects.filter_map(|subject| match subject.kind.as_deref() {
            Some("user") => self.user(subject),
            Some("group") => self.group(subject),
            // Whatever else may see the space is not known to be the reader: closed.
            _ => None,
        });
        principals.collect()
    }

    fn user(&self, subject: &Subject) -> Option<Principal> {
        let id = match self.hosting {
            ConfluenceHosting::Cloud => subject.account_id.as_ref().or(subject.id.as_ref()),
            ConfluenceHosting::DataCenter => subject.user_key.as_ref(),
        };
        Some(Principal { kind: PrincipalKind::User, id: id?.clone() })
    }

    fn group(&self, subject: &Subject) -> Option<Principal> {
        let id = match self.hosting {
            ConfluenceHosting::Cloud => subject.id.as_ref(),
            ConfluenceHosting::DataCenter => subject.name.as_ref(),
        };
        Some(Principal { kind: PrincipalKind::Group, id: id?.clone() })
    }
}
