//! What processes left that were killed while they wrote.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Removes what stands in a directory, bears such a name and was last changed longer than `age`
/// ago: whoever began it is gone, and nobody will end it. Errors are noted: it is only in the way.
pub(crate) fn clear(directory: &Path, age: Duration, is_leftover: impl Fn(&str) -> bool) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let named = entry.file_name().to_str().is_some_and(&is_leftover);
        let changed = entry.metadata().and_then(|state| state.modified());
        let old = changed.is_ok_and(|changed| {
            SystemTime::now().duration_since(changed).is_ok_and(|since| since > age)
        });
        if !(named && old) {
            continue;
        }
        let path = entry.path();
        let removed =
            if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        match removed {
            Ok(()) => tracing::info!(path = %path.display(), "removed an unfinished download"),
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "cannot remove what is left over");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::fs::File;

    use super::*;

    #[test]
    fn only_what_is_old_and_unfinished_goes() {
        let root = tempfile::tempdir().unwrap();
        let before = SystemTime::now() - Duration::from_hours(2);
        for folder in [".fetch-old", ".fetch-new", "model"] {
            fs::create_dir(root.path().join(folder)).unwrap();
            fs::write(root.path().join(folder).join("weights"), "w").unwrap();
        }
        fs::write(root.path().join(".fetch-file"), "").unwrap();
        for name in [".fetch-old", ".fetch-file", "model"] {
            File::open(root.path().join(name)).unwrap().set_modified(before).unwrap();
        }
        clear(root.path(), Duration::from_hours(1), |name| name.starts_with(".fetch-"));
        let mut left: Vec<_> = fs::read_dir(root.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, [".fetch-new", "model"]);
        clear(&root.path().join("nowhere"), Duration::ZERO, |_| true);
    }
}
