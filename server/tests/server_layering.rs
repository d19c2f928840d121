//! No crate of the workspace uses another than ARCHITECTURE.md says.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Which crates each crate may use.
const LAYERS: [(&str, &[&str]); 11] = [
    ("corpus", &[]),
    ("catalog", &["corpus"]),
    ("vectors", &["corpus"]),
    ("models", &["corpus"]),
    ("connectors", &["corpus"]),
    ("documents", &["corpus"]),
    ("fixtures", &["corpus"]),
    ("ingest", &["catalog", "corpus", "documents"]),
    ("retrieve", &["catalog", "corpus"]),
    ("api", &["catalog", "corpus", "retrieve"]),
    (
        "server",
        &[
            "api",
            "catalog",
            "connectors",
            "corpus",
            "documents",
            "ingest",
            "models",
            "retrieve",
            "vectors",
        ],
    ),
];

#[test]
fn no_crate_reaches_past_its_layer() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let layers: BTreeMap<&str, &[&str]> = LAYERS.into_iter().collect();
    let packages = metadata["packages"].as_array().unwrap();
    let names: BTreeSet<&str> =
        packages.iter().map(|package| package["name"].as_str().unwrap()).collect();
    assert_eq!(names, layers.keys().copied().collect(), "a crate that has no layer, or is gone");

    let mut wrong = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap();
        for dependency in package["dependencies"].as_array().unwrap() {
            let used = dependency["name"].as_str().unwrap();
            let for_tests = dependency["kind"] == "dev";
            let allowed = layers[name].contains(&used) || for_tests && used == "fixtures";
            if names.contains(used) && !allowed {
                wrong.push(format!("{name} uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "not in the layering of ARCHITECTURE.md: {wrong:?}");
}
