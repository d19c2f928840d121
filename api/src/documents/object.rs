//! Objects in S3 that requests name.

use corpus::S3Object;
use serde::Deserialize;

use crate::error::ApiError;

/// `s3Location`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WireObject {
    pub(crate) uri: String,
    bucket_owner_account_id: Option<String>,
}

impl WireObject {
    /// The object that is meant.
    pub(crate) fn read(self, at: &str) -> Result<S3Object, ApiError> {
        let (bucket, key) = parts(&self.uri).ok_or_else(|| {
            ApiError::field(&format!("{at}.uri"), "must have the form s3://bucket/key")
        })?;
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        Ok(S3Object { bucket, key, expected_owner: self.bucket_owner_account_id })
    }
}

/// Bucket and key of an `s3://` URI. The key is literal: nothing in it is encoded.
pub(crate) fn parts(uri: &str) -> Option<(&str, &str)> {
    let (bucket, key) = uri.strip_prefix("s3://")?.split_once('/')?;
    (!bucket.is_empty() && !key.is_empty()).then_some((bucket, key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_have_a_bucket_and_a_key() {
        for (uri, expect) in [
            ("s3://b/k", Some(("b", "k"))),
            ("s3://b/a/b%20c+d", Some(("b", "a/b%20c+d"))),
            ("s3://b//k", Some(("b", "/k"))),
            ("s3://b/", None),
            ("s3:///k", None),
            ("s3://b", None),
            ("https://b/k", None),
        ] {
            assert_eq!(parts(uri), expect, "{uri}");
        }
    }
}
