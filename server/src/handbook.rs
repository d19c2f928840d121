//! The sample handbook that the binary carries.

use std::fs;
use std::io;
use std::path::Path;

use include_dir::{Dir, DirEntry, include_dir};

static HANDBOOK: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../fixtures/handbook");

/// Writes the handbook into a folder. Files that are there already stay untouched, so that
/// ingestion sees them as unchanged.
pub(crate) fn unpack(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    unpack_entries(HANDBOOK.entries(), folder)
}

fn unpack_entries(entries: &[DirEntry<'_>], folder: &Path) -> io::Result<()> {
    for entry in entries {
        let path = folder.join(entry.path());
        match entry {
            DirEntry::Dir(inner) => {
                fs::create_dir_all(&path)?;
                unpack_entries(inner.entries(), folder)?;
            }
            DirEntry::File(file) => {
                if fs::read(&path).ok().as_deref() != Some(file.contents()) {
                    fs::write(&path, file.contents())?;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn a_second_unpacking_touches_only_what_differs() {
        let folder = tempfile::tempdir().unwrap();
        unpack(folder.path()).unwrap();
        let (one, other) =
            (folder.path().join("organisation/welcome.md"), folder.path().join("people/leave.md"));
        let past = SystemTime::now() - Duration::from_hours(1);
        for path in [&one, &other] {
            fs::File::options().append(true).open(path).unwrap().set_modified(past).unwrap();
        }
        fs::write(&other, "torn").unwrap();
        unpack(folder.path()).unwrap();
        assert_eq!(fs::metadata(&one).unwrap().modified().unwrap(), past);
        assert!(fs::read_to_string(&other).unwrap().starts_with("# Leave"));
    }
}
