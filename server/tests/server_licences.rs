//! Every dependency may be passed on under permissive terms. The list is `deny.toml`'s.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

#[test]
fn every_dependency_is_permissively_licensed() {
    let deny = include_str!("../../deny.toml").parse::<toml::Table>().unwrap();
    let terms = &deny["licenses"];
    let texts = |list: &toml::Value| -> BTreeSet<String> {
        list.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
    };
    let allowed = texts(&terms["allow"]);
    let exceptions: HashMap<String, BTreeSet<String>> = terms["exceptions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["crate"].as_str().unwrap().to_owned(), texts(&one["allow"])))
        .collect();

    let metadata = metadata();
    let mut refused = Vec::new();
    let mut unused: BTreeSet<&String> = exceptions.keys().collect();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or("none");
        let permits = |one: &str| {
            allowed.contains(one) || exceptions.get(name).is_some_and(|more| more.contains(one))
        };
        unused.retain(|exception| *exception != name);
        if !Expression(licence).is_permitted(&permits) {
            refused.push(format!("{name}: {licence}"));
        }
    }
    assert!(refused.is_empty(), "not permissive: {refused:#?}");
    assert!(unused.is_empty(), "exceptions for crates that are gone: {unused:?}");
}

fn metadata() -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    // Only this platform's dependencies: the others' need not have been downloaded.
    let version = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(["--filter-platform", host])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A licence expression: names joined by OR (also written `/`), AND, and parentheses; `WITH`
/// belongs to a name.
struct Expression<'a>(&'a str);

impl Expression<'_> {
    fn is_permitted(&self, permits: &dyn Fn(&str) -> bool) -> bool {
        let spaced = self.0.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
        let spaced = spaced.replace(" WITH ", "\u{0}");
        let tokens: Vec<String> =
            spaced.split_whitespace().map(|token| token.replace('\u{0}', " WITH ")).collect();
        let mut rest = tokens.as_slice();
        any(&mut rest, permits) && rest.is_empty()
    }
}

fn any(rest: &mut &[String], permits: &dyn Fn(&str) -> bool) -> bool {
    let mut permitted = all(rest, permits);
    while rest.first().is_some_and(|token| token == "OR") {
        *rest = &rest[1..];
        permitted |= all(rest, permits);
    }
    permitted
}

fn all(rest: &mut &[String], permits: &dyn Fn(&str) -> bool) -> bool {
    let mut permitted = one(rest, permits);
    while rest.first().is_some_and(|token| token == "AND") {
        *rest = &rest[1..];
        permitted &= one(rest, permits);
    }
    permitted
}

fn one(rest: &mut &[String], permits: &dyn Fn(&str) -> bool) -> bool {
    let Some((first, after)) = rest.split_first() else { return false };
    *rest = after;
    if first != "(" {
        return permits(first);
    }
    let permitted = any(rest, permits);
    let closed = rest.first().is_some_and(|token| token == ")");
    *rest = rest.get(1..).unwrap_or_default();
    permitted && closed
}

#[test]
fn expressions_are_understood() {
    let check = |expression: &str, expect: bool| {
        let permits = |name: &str| ["MIT", "ISC", "A WITH B"].contains(&name);
        assert_eq!(Expression(expression).is_permitted(&permits), expect, "{expression}");
    };
    check("MIT", true);
    check("GPL-3.0", false);
    check("GPL-3.0 OR MIT", true);
    check("GPL-3.0/MIT", true);
    check("GPL-3.0 AND MIT", false);
    check("ISC AND (GPL-3.0 OR MIT)", true);
    check("ISC AND (GPL-3.0 OR AGPL-3.0)", false);
    check("A WITH B OR GPL-3.0", true);
    check("A", false);
    check("none", false);
    check("(MIT", false);
}
