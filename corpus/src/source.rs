//! The kinds of source, and how each is configured: the meaning of a `dataSourceConfiguration`.
//!
//! Filters are regular expressions of linear time, searched for anywhere in what they are compared
//! with, as Bedrock's are; an exclusion wins over an inclusion.

use serde::{Deserialize, Serialize};

/// A kind of source with its settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SourceConfiguration {
    /// A bucket of Amazon S3 or of a server that speaks its protocol.
    S3(S3Source),
    /// Pages of web sites.
    Web(WebSource),
    /// Spaces of Confluence.
    Confluence(ConfluenceSource),
    /// Sites of SharePoint Online.
    SharePoint(SharePointSource),
    /// Objects of Salesforce.
    Salesforce(SalesforceSource),
    /// A directory tree on the server's machine; an extension of Bedrock's API.
    Folder(FolderSource),
    /// Documents that clients push (direct ingestion).
    Custom(CustomSource),
}

/// A bucket, or the part of it under a prefix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct S3Source {
    /// The bucket's name.
    pub bucket: String,
    /// Keys begin with this, literally; none: all keys.
    pub prefix: Option<String>,
    /// The account that must own the bucket: 12 digits.
    pub expected_owner: Option<String>,
    /// The URL of an SQS queue with the bucket's events, for changes between full listings; an
    /// extension.
    pub event_queue_url: Option<String>,
}

/// Pages of web sites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebSource {
    /// Where crawling begins: 1 to 100 URLs.
    pub seed_urls: Vec<String>,
    /// Which links are followed.
    pub scope: WebScope,
    /// Regular expressions on URLs, of which one must match; empty: all.
    pub inclusion_filters: Vec<String>,
    /// Regular expressions on URLs; a match leaves the page out.
    pub exclusion_filters: Vec<String>,
    /// The most pages per minute and host, 1 to 300.
    pub rate_limit: u32,
    /// The most pages of a job.
    pub max_pages: u32,
    /// Added to the crawler's name in the `User-Agent` header.
    pub user_agent_suffix: Option<String>,
    /// The whole `User-Agent` header.
    pub user_agent_header: Option<String>,
    /// Whether pages are rendered by a browser, so that their scripts run; an extension.
    pub render: bool,
    /// Whether pages that say nothing which another page does not say are ingested all the same; an
    /// extension.
    #[serde(default)]
    pub keep_duplicates: bool,
}

/// Which links of a page are followed. Files that a page links to (PDF and the like) are read
/// outside the scope too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WebScope {
    /// The seed's host, and the seed's path or below it.
    SeedPath,
    /// The seed's host.
    HostOnly,
    /// The seed's registrable domain with all its hosts.
    Subdomains,
}

/// Spaces of Confluence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfluenceSource {
    /// `https://…`, with or without `/wiki`.
    pub host_url: String,
    /// Who runs it.
    pub hosting: ConfluenceHosting,
    /// How the crawler logs in.
    pub authentication: ConfluenceAuthentication,
    /// The ARN of the secret with the credentials.
    pub secret_arn: String,
    /// Filters by object type: Space, Page, Blog, Comment, Attachment.
    pub filters: Vec<ObjectFilter>,
}

/// Who runs a Confluence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConfluenceHosting {
    /// Atlassian.
    Cloud,
    /// The user's own Data Center; an extension.
    DataCenter,
}

/// How the crawler logs in to Confluence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConfluenceAuthentication {
    /// `username` and `password` (an API token on Cloud).
    Basic,
    /// `confluenceAppKey`, `confluenceAppSecret`, `confluenceAccessToken`,
    /// `confluenceRefreshToken`; the tokens are rewritten when they are refreshed.
    OAuth,
    /// `personalAccessToken`, for Data Center; an extension.
    PersonalAccessToken,
}

/// Sites of SharePoint Online.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharePointSource {
    /// The tenant's id, a UUID.
    pub tenant_id: Option<String>,
    /// The tenant's domain.
    pub domain: String,
    /// The sites' `https://…` URLs, 1 to 100.
    pub site_urls: Vec<String>,
    /// How the crawler logs in.
    pub authentication: SharePointAuthentication,
    /// The ARN of the secret with the credentials.
    pub secret_arn: String,
    /// Filters by object type: Page, File and others.
    pub filters: Vec<ObjectFilter>,
}

/// How the crawler logs in to SharePoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SharePointAuthentication {
    /// `clientId` and `clientSecret` of an app in Entra ID.
    ClientCredentials,
    /// SharePoint's own app-only login, which Microsoft has retired.
    AppOnly,
}

/// Objects of Salesforce.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalesforceSource {
    /// `https://….my.salesforce.com`.
    pub host_url: String,
    /// The ARN of the secret with `consumerKey`, `consumerSecret` and `authenticationUrl`.
    pub secret_arn: String,
    /// Filters by object type: names of objects.
    pub filters: Vec<ObjectFilter>,
}

/// Which objects of one type are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectFilter {
    /// The type, as the source's documentation for Bedrock names it.
    pub object_type: String,
    /// Regular expressions on the object's name, of which one must match; empty: all.
    pub inclusion_filters: Vec<String>,
    /// Regular expressions on the object's name; a match leaves it out.
    pub exclusion_filters: Vec<String>,
}

/// A directory tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderSource {
    /// The absolute path of the directory.
    pub path: String,
    /// Globs on the path below the directory, of which one must match; empty: all files.
    pub inclusion_patterns: Vec<String>,
    /// Globs on the path below the directory; a match leaves the file out.
    pub exclusion_patterns: Vec<String>,
    /// Whether changes are looked for between jobs.
    #[serde(default)]
    pub watch: bool,
}

/// Pushed documents have nothing to configure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomSource {}
