//! An object as a listing shows it.

use std::time::SystemTime;

use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::{Object, ObjectStorageClass, RestoreStatus};

use crate::sidecar::SUFFIX;

/// An object of a bucket.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) size: u64,
    /// As S3 writes it, with its quotation marks.
    pub(super) etag: Option<String>,
    pub(super) modified: Option<DateTime>,
    /// The storage class, where the bytes cannot be had of it.
    pub(super) archived: Option<String>,
}

impl Entry {
    /// An object of a listing, whose key was decoded; none where it is no file.
    pub(super) fn of(key: String, object: &Object, now: SystemTime) -> Option<Self> {
        let size = object.size().and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
        // What consoles and mounted file systems leave behind where they show a folder.
        if key.ends_with('/') && size == 0 {
            return None;
        }
        let class = object.storage_class().filter(|class| is_archive(class));
        let archived = class.filter(|_| !is_restored(object.restore_status(), now));
        Some(Self {
            key,
            size,
            etag: object.e_tag().map(str::to_owned),
            modified: object.last_modified().copied(),
            archived: archived.map(|class| class.as_str().to_owned()),
        })
    }

    /// A sidecar that was asked for by its key.
    pub(super) fn of_head(key: String, head: &HeadObjectOutput) -> Self {
        Self {
            key,
            size: head.content_length().and_then(|size| u64::try_from(size).ok()).unwrap_or(0),
            etag: head.e_tag().map(str::to_owned),
            modified: head.last_modified().copied(),
            archived: None,
        }
    }

    /// A file of which only the key is known.
    pub(super) fn unknown(key: String) -> Self {
        Self { key, size: 0, etag: None, modified: None, archived: None }
    }

    /// What changes when the object does; none where the server tells nothing that does.
    ///
    /// An `ETag` alone is not it: copying an object onto itself, as for another key of encryption,
    /// may leave it as it was, and some servers make it of less than the bytes.
    pub(super) fn stamp(&self) -> Option<String> {
        let modified = self
            .modified
            .map_or(String::new(), |at| format!("{}.{:09}", at.secs(), at.subsec_nanos()));
        let etag = self.etag.as_deref().unwrap_or_default().trim_matches('"');
        let tells = !(etag.is_empty() && modified.is_empty());
        tells.then(|| format!("{etag}:{}:{modified}", self.size))
    }

    /// Whether it is a sidecar, by its name.
    pub(super) fn is_sidecar(&self) -> bool {
        self.key.ends_with(SUFFIX)
    }
}

fn is_archive(class: &ObjectStorageClass) -> bool {
    matches!(class, ObjectStorageClass::Glacier | ObjectStorageClass::DeepArchive)
}

/// Whether an archived object can be read for the time being.
fn is_restored(status: Option<&RestoreStatus>, now: SystemTime) -> bool {
    let Some(status) = status else { return false };
    let until = status.restore_expiry_date().and_then(|until| SystemTime::try_from(*until).ok());
    !status.is_restore_in_progress().unwrap_or(false) && until.is_some_and(|until| until > now)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_stamp_tells_what_the_server_tells() {
        let entry = |etag: Option<&str>, modified: Option<DateTime>| Entry {
            key: "a".to_owned(),
            size: 7,
            etag: etag.map(str::to_owned),
            modified,
            archived: None,
        };
        let at = DateTime::from_secs_and_nanos(5, 6);
        assert_eq!(entry(Some("\"e\""), Some(at)).stamp().as_deref(), Some("e:7:5.000000006"));
        assert_eq!(entry(Some("e"), None).stamp().as_deref(), Some("e:7:"));
        assert_eq!(entry(None, Some(at)).stamp().as_deref(), Some(":7:5.000000006"));
        assert_eq!(entry(None, None).stamp(), None);
    }

    #[test]
    fn folders_are_no_files_and_archives_cannot_be_read_until_they_are_restored() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        let archived = |class: ObjectStorageClass, restored: Option<RestoreStatus>| {
            let object = Object::builder().storage_class(class).set_restore_status(restored);
            Entry::of("a".to_owned(), &object.build(), now).and_then(|entry| entry.archived)
        };
        let restored = |until, in_progress| {
            let until = DateTime::from_secs(until);
            let status = RestoreStatus::builder().is_restore_in_progress(in_progress);
            Some(status.restore_expiry_date(until).build())
        };
        assert_eq!(archived(ObjectStorageClass::Standard, None), None);
        assert_eq!(archived(ObjectStorageClass::GlacierIr, None), None);
        let deep = ObjectStorageClass::DeepArchive;
        assert_eq!(archived(deep.clone(), None).as_deref(), Some("DEEP_ARCHIVE"));
        let glacier = ObjectStorageClass::Glacier;
        assert_eq!(archived(glacier.clone(), restored(2_000, false)), None);
        assert!(archived(glacier.clone(), restored(500, false)).is_some());
        assert!(archived(glacier, restored(2_000, true)).is_some());

        let of = |key: &str, size| {
            Entry::of(key.to_owned(), &Object::builder().size(size).build(), now).is_some()
        };
        assert!(!of("folder/", 0));
        assert!(of("folder/", 1));
        assert!(of("empty", 0));
    }
}
