//! Reads sources: finds out what is there, and fetches bytes when asked.
//!
//! A module for each kind of source, and [`Factory`], which knows them all. Folders and buckets run
//! the contract suite in `fixtures::connector_contract`; the others choose their keys themselves,
//! which the suite cannot name, and have its promises among their own tests.

mod factory;

mod confluence;
mod custom;
mod folder;
mod s3;
mod salesforce;
mod sharepoint;
mod web;

// What several of them share: attributes in files, and the way out.
mod network;
mod sidecar;

// What the sources that are told of changes through a REST API share: asking, logging in, and
// remembering.
mod api;
mod download;
mod epoch;
mod events;
mod hash;
mod memory;
mod oauth;
mod object_filters;
mod origin;
mod token;

pub use confluence::{ConfluenceConnector, storage_markdown};
pub use custom::CustomConnector;
pub use factory::{ConnectorsConfig, Factory};
pub use folder::FolderConnector;
pub use network::{HostConfig, NetworkConfig, NetworkError};
pub use s3::{S3Clients, S3Config, S3Connector};
pub use salesforce::SalesforceConnector;
pub use sharepoint::{MicrosoftConfig, SharePointConnector};
pub use web::{BrowserConfig, WebConnector, WebLimits, links_of, locations_of};
