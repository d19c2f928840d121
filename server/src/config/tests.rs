#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use super::*;

const HOME: (&str, &str) = ("HOME", "/nowhere/home");

/// Loads a configuration from a file's text and variables.
fn load<const N: usize>(file: &str, variables: [(&str, &str); N]) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.toml");
    fs::write(&path, file).unwrap();
    let flags = Flags { config: Some(path.clone()), ..Flags::default() };
    let mut all = vec![HOME];
    all.extend(variables);
    let loaded = Config::load(&environment(&all), &flags);
    loaded
        .map(|loaded| loaded.config)
        .map_err(|error| error.to_string().replace(&path.display().to_string(), "FILE"))
}

fn environment(variables: &[(&str, &str)]) -> Environment {
    variables.iter().fold(Environment::default(), |mut all, (name, value)| {
        all.set(name, value);
        all
    })
}

fn refused<const N: usize>(file: &str, variables: [(&str, &str); N], expect: &str) {
    match load(file, variables) {
        Ok(_) => assert_eq!("accepted", expect, "{file} {variables:?}"),
        Err(error) => assert_eq!(error, expect, "{file} {variables:?}"),
    }
}

#[test]
fn without_anything_everything_has_a_default() {
    let loaded = Config::load(&environment(&[HOME]), &Flags::default()).unwrap();
    assert_eq!(loaded.config.listen.to_string(), "127.0.0.1:8080");
    assert!(!loaded.listen_chosen);
    assert!(loaded.file.is_none());
    assert!(loaded.config.data_dir.starts_with("/nowhere/home"), "{:?}", loaded.config.data_dir);
}

#[test]
fn each_layer_lies_over_the_one_before() {
    let file = "listen = '127.0.0.1:1'\n[ingest]\njobs = 2\noutage_seconds = 3";
    let config = load(file, []).unwrap();
    assert_eq!((config.listen.address().port(), config.ingest.jobs.get()), (1, 2));
    let variables =
        [("OUTCROP_LISTEN", "127.0.0.1:2"), ("OUTCROP_INGEST__JOBS", "7"), ("OUTCROP_LOG", "")];
    let config = load(file, variables).unwrap();
    assert_eq!((config.listen.address().port(), config.ingest.jobs.get()), (2, 7));
    assert_eq!(config.ingest.outage_seconds, 3, "tables are united");
    assert_eq!(config.log, None, "an empty variable counts as not set");

    let flags = Flags {
        listen: Some("127.0.0.1:3".to_owned()),
        data_dir: Some("/flag".into()),
        ..Flags::default()
    };
    let all = environment(&[HOME, ("OUTCROP_LISTEN", "127.0.0.1:2"), ("OUTCROP_DATA_DIR", "/env")]);
    let loaded = Config::load(&all, &flags).unwrap();
    assert_eq!(loaded.config.listen.address().port(), 3);
    assert_eq!(loaded.config.data_dir, PathBuf::from("/flag"));
    assert!(loaded.listen_chosen);
}

#[test]
fn the_file_in_the_data_directory_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outcrop.toml");
    fs::write(&path, "[ingest]\njobs = 9").unwrap();
    let all = environment(&[HOME, ("OUTCROP_DATA_DIR", folder.path().to_str().unwrap())]);
    let loaded = Config::load(&all, &Flags::default()).unwrap();
    assert_eq!(loaded.config.ingest.jobs.get(), 9);
    assert_eq!(loaded.file.as_deref(), Some(path.as_path()));

    fs::write(&path, "data_dir = '/elsewhere'").unwrap();
    let error = Config::load(&all, &Flags::default()).unwrap_err();
    assert!(matches!(error, ConfigError::DataDirectoryInItself { .. }), "{error}");
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let all = environment(&[HOME, ("OUTCROP_CONFIG", "/nowhere/outcrop.toml")]);
    let error = Config::load(&all, &Flags::default()).unwrap_err();
    assert!(matches!(error, ConfigError::Missing { .. }), "{error}");
    let error = load("log = 'info'\nlisten = ", []).unwrap_err();
    assert!(
        error.starts_with("the configuration file FILE is not valid TOML: line 2: "),
        "{error}"
    );
}

#[test]
fn an_unknown_key_names_the_nearest_known_one() {
    refused("lisen = 'x'", [], "unknown key 'lisen' in FILE: did you mean 'listen'?");
    refused(
        "[ingest]\njob = 1",
        [],
        "unknown key 'ingest.job' in FILE: did you mean 'ingest.jobs'?",
    );
    refused("jobs = 1", [], "unknown key 'jobs' in FILE: did you mean 'ingest.jobs'?");
    refused("[ingets]\njobs = 1", [], "unknown key 'ingets' in FILE: did you mean 'ingest'?");
    refused(
        "",
        [("OUTCROP_INGEST_JOBS", "1")],
        "unknown key 'ingest_jobs' in the environment variable OUTCROP_INGEST_JOBS: \
         did you mean OUTCROP_INGEST__JOBS?",
    );
    refused(
        "",
        [("OUTCROP_DATADIR", "/x")],
        "unknown key 'datadir' in the environment variable OUTCROP_DATADIR: \
         did you mean OUTCROP_DATA_DIR?",
    );
    refused(
        "[vectors.backend.qdrant]\nurl = 'http://x'\napikey = 'k'",
        [],
        "unknown key 'vectors.backend.qdrant.apikey' in FILE: \
         did you mean 'vectors.backend.qdrant.api_key'?",
    );
    let error = load("zebra = 1", []).unwrap_err();
    assert!(
        error.starts_with("unknown key 'zebra' in FILE: known there are 'data_dir'"),
        "{error}"
    );
}

#[test]
fn the_variables_of_the_tests_are_no_settings() {
    load("", [("OUTCROP_TEST_MODEL_DIR", "/x")]).unwrap();
}

#[test]
fn a_wrong_value_names_its_place() {
    refused(
        "[ingest]\njobs = 'many'",
        [],
        "FILE sets 'ingest.jobs' to what it cannot be: \
         invalid type: string \"many\", expected a nonzero usize",
    );
    refused(
        "",
        [("OUTCROP_INGEST__JOBS", "many")],
        "the environment variable OUTCROP_INGEST__JOBS sets 'ingest.jobs' to what it cannot be: \
         'many' is no whole number from 0",
    );
    refused(
        "account = '12'",
        [],
        "'account' is '12', but ARNs carry twelve digits there, as 000000000000",
    );
    let error = load("", [("OUTCROP_LISTEN", "0.0.0.0:80")]).unwrap_err();
    assert!(error.contains("OUTCROP_LISTEN") && error.contains("ssh -L"), "{error}");
}

#[test]
fn a_secret_is_never_repeated() {
    let section = "[models.openai.x]\nbase_url = 'http://x'\napi_key = ";
    refused(
        &format!("{section}123456"),
        [],
        "FILE sets 'models.openai.x.api_key' to what it cannot be: it is a text, in quotes",
    );
    for secret in ["sk-123456", "'sk-123456", "\"sk-\\123456\"", "[123456]", "{ x = 123456 }"] {
        let error = load(&format!("{section}{secret}"), []).unwrap_err();
        assert!(!error.contains("123456"), "{error}");
    }
    let url = "[vectors.backend.qdrant]\nurl = 'http://x'\napi_key = 123456";
    assert!(!load(url, []).unwrap_err().contains("123456"));
}

#[cfg(unix)]
#[test]
fn a_data_directory_of_another_encoding_is_refused() {
    use std::os::unix::ffi::OsStrExt;

    let path = std::ffi::OsStr::from_bytes(b"/data/\xff");
    let flags = Flags { data_dir: Some(path.into()), ..Flags::default() };
    let error = Config::load(&environment(&[HOME]), &flags).unwrap_err().to_string();
    assert_eq!(error, "the flag --data-dir is not valid Unicode: give a value that is");
}

#[test]
fn every_key_is_documented() {
    let page = include_str!("../../../docs/configuration.md");
    let missing: Vec<String> = keys::keys_of::<Config>()
        .into_iter()
        .filter(|key| !page.contains(&format!("`{key}`")))
        .collect();
    assert_eq!(missing, Vec::<String>::new(), "not in docs/configuration.md");
}
