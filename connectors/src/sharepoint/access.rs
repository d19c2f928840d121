//! Who may read an item: Graph's permissions in the words of [`Access`].
//!
//! * Users and groups of Entra ID are known by their object ids.
//! * Groups of the site itself are known as `SITE/ID`: who is in them is told by SharePoint's own
//!   API only, to apps with a certificate. Until memberships are had they match nobody.
//! * A link that is not for named people admits whoever holds it. It is not held by those who
//!   ask questions here, so it admits nobody.

use corpus::{Access, Principal, PrincipalKind};

use super::wire::{Identity, IdentitySet, Permission};

/// The login name of everybody in the tenant, guests included.
const EVERYONE: &str = "c:0(.s|true";

/// What the login name of everybody in the tenant but guests holds.
const ALL_USERS: &str = "spo-grid-all-users";

/// What the login name of a Microsoft 365 group begins with.
const FEDERATED: &str = "c:0o.c|federateddirectoryclaimprovider|";

/// What an item's permissions say together.
pub(super) fn of(site: &str, permissions: &[Permission]) -> Access {
    let mut principals: Vec<Principal> = permissions
        .iter()
        .filter(|permission| admits(permission))
        .flat_map(|permission| {
            permission.granted_to_v2.iter().chain(&permission.granted_to_identities_v2)
        })
        .filter_map(|identity| principal(site, identity))
        .collect();
    principals.sort();
    principals.dedup();
    Access { all_of: vec![principals], denied: Vec::new() }
}

/// What is assumed of an item whose permissions cannot be had: nobody may read it.
pub(super) fn unknown() -> Access {
    Access { all_of: vec![Vec::new()], denied: Vec::new() }
}

/// Whether a permission lets named people read. One without roles is "limited access", which
/// opens the way to something below and no more.
fn admits(permission: &Permission) -> bool {
    let scope = permission.link.as_ref().and_then(|link| link.scope.as_deref());
    !permission.roles.is_empty() && !matches!(scope, Some("anonymous" | "organization"))
}

fn principal(site: &str, identity: &IdentitySet) -> Option<Principal> {
    let claimed = identity.site_user.as_ref().and_then(|user| claim(user.login_name.as_deref()?));
    if claimed.is_some() {
        return claimed;
    }
    let id = |one: &Option<Identity>| one.as_ref().and_then(|one| one.id.clone());
    if let Some(id) = id(&identity.user) {
        return Some(Principal { kind: PrincipalKind::User, id });
    }
    if let Some(id) = id(&identity.group) {
        return Some(Principal { kind: PrincipalKind::Group, id });
    }
    let id = format!("{site}/{}", id(&identity.site_group)?);
    Some(Principal { kind: PrincipalKind::Group, id })
}

/// Whom the login name of a claim stands for, where it is none of a single user.
fn claim(login_name: &str) -> Option<Principal> {
    if login_name == EVERYONE || login_name.contains(ALL_USERS) {
        return Some(Principal { kind: PrincipalKind::Everyone, id: String::new() });
    }
    let group = login_name.strip_prefix(FEDERATED)?;
    Some(Principal { kind: PrincipalKind::Group, id: group.to_owned() })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use serde_json::{Value, json};

    use super::*;

    fn check(permissions: &Value, expect: &[(PrincipalKind, &str)]) {
        let parsed: Vec<Permission> = serde_json::from_value(permissions.clone()).unwrap();
        let expect = expect.iter().map(|&(kind, id)| Principal { kind, id: id.to_owned() });
        assert_eq!(of("s", &parsed).all_of, [expect.collect::<Vec<_>>()], "{permissions}");
    }

    #[test]
    fn permissions_name_users_groups_and_everyone() {
        use PrincipalKind::{Everyone, Group, User};
        let read = |identity: Value| json!([{"roles": ["read"], "grantedToV2": identity}]);
        check(
            &read(json!({"user": {"id": "u"}, "siteUser": {"loginName": "i:0#.f|m|a@b"}})),
            &[(User, "u")],
        );
        check(&read(json!({"group": {"id": "g"}})), &[(Group, "g")]);
        check(
            &read(json!({"siteGroup": {"id": "4", "displayName": "Visitors"}})),
            &[(Group, "s/4")],
        );
        check(
            &read(json!({"siteUser": {"id": "9", "loginName": "c:0(.s|true"}})),
            &[(Everyone, "")],
        );
        check(
            &read(json!({"siteUser": {"loginName": "c:0-.f|rolemanager|spo-grid-all-users/1-2"}})),
            &[(Everyone, "")],
        );
        check(
            &read(
                json!({"group": {"id": "x"}, "siteUser": {"loginName": "c:0o.c|federateddirectoryclaimprovider|a-b_o"}}),
            ),
            &[(Group, "a-b_o")],
        );
        check(&json!([{"roles": [], "grantedToV2": {"user": {"id": "u"}}}]), &[]);
    }

    #[test]
    fn a_link_admits_those_it_names_and_nobody_else() {
        let link = |scope: &str| {
            json!([{"roles": ["read"], "link": {"scope": scope},
                "grantedToIdentitiesV2": [{"user": {"id": "u"}}, {"group": {"id": "g"}}]}])
        };
        check(&link("users"), &[(PrincipalKind::User, "u"), (PrincipalKind::Group, "g")]);
        check(&link("anonymous"), &[]);
        check(&link("organization"), &[]);
    }
}
