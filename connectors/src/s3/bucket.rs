//! The three questions that a bucket is asked. Each carries the owner that is expected and who
//! pays, and is put again, once, where the bucket says that it is in another region.

use std::fmt;
use std::sync::Arc;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::{EncodingType, OptionalObjectAttributes, RequestPayer};

use super::clients::S3Clients;
use super::fault::Fault;

/// The end of the names of directory buckets, which list their keys in no order.
const DIRECTORY: &str = "--x-s3";

/// A bucket as a data source or a pushed document names it.
#[derive(Debug, Clone)]
pub(super) struct Bucket {
    pub(super) name: String,
    pub(super) owner: Option<String>,
    pub(super) clients: Arc<S3Clients>,
}

/// Which bytes of which state of an object.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Part<'a> {
    /// Only while the object has this `ETag`.
    pub(super) etag: Option<&'a str>,
    /// From here to the end.
    pub(super) from: u64,
}

impl Bucket {
    /// Whether it is a directory bucket.
    pub(super) fn is_directory(&self) -> bool {
        self.name.ends_with(DIRECTORY)
    }

    /// A page of a listing, of no more than `limit` keys where that is given.
    pub(super) async fn list(
        &self,
        prefix: Option<&str>,
        token: Option<&str>,
        limit: Option<i32>,
    ) -> Result<ListObjectsV2Output, Fault> {
        // Directory buckets know no restored objects, and reject the question.
        let restored =
            (!self.is_directory()).then(|| vec![OptionalObjectAttributes::RestoreStatus]);
        self.ask(|client| {
            client
                .list_objects_v2()
                .bucket(&self.name)
                .set_prefix(prefix.map(str::to_owned))
                .set_continuation_token(token.map(str::to_owned))
                .set_max_keys(limit)
                .set_optional_object_attributes(restored.clone())
                // XML cannot carry every key.
                .encoding_type(EncodingType::Url)
                .set_expected_bucket_owner(self.owner.clone())
                .set_request_payer(self.payer())
                .send()
        })
        .await
    }

    /// What is known of an object without reading it.
    pub(super) async fn head(&self, key: &str) -> Result<HeadObjectOutput, Fault> {
        self.ask(|client| {
            client
                .head_object()
                .bucket(&self.name)
                .key(key)
                .set_expected_bucket_owner(self.owner.clone())
                .set_request_payer(self.payer())
                .send()
        })
        .await
    }

    /// Bytes of an object.
    pub(super) async fn get(&self, key: &str, part: Part<'_>) -> Result<GetObjectOutput, Fault> {
        let range = (part.from > 0).then(|| format!("bytes={}-", part.from));
        self.ask(|client| {
            client
                .get_object()
                .bucket(&self.name)
                .key(key)
                .set_if_match(part.etag.map(str::to_owned))
                .set_range(range.clone())
                .set_expected_bucket_owner(self.owner.clone())
                .set_request_payer(self.payer())
                .send()
        })
        .await
    }

    fn payer(&self) -> Option<RequestPayer> {
        self.clients.requester_pays().then_some(RequestPayer::Requester)
    }

    async fn ask<T, E, F>(&self, question: impl Fn(Client) -> F) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        let (client, asked) = self.clients.of(&self.name).await;
        let fault = match question(client).await {
            Ok(answer) => return Ok(answer),
            Err(error) => Fault::of(&error),
        };
        let Some(region) = fault.elsewhere(&asked) else {
            return Err(fault);
        };
        tracing::debug!(bucket = %self.name, %region, "the bucket is in another region");
        self.clients.moved(&self.name, region);
        let (client, _) = self.clients.of(&self.name).await;
        question(client).await.map_err(|error| Fault::of(&error))
    }
}

/// As a URI without a key.
impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}", self.name)
    }
}
