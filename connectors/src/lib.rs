//! Reads sources: finds out what is there, and fetches bytes when asked.
//!
//! A module for each kind of source, and [`Factory`], which knows them all. Each runs the contract
//! suite in `fixtures::connector_contract`.

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

// What the sources behind a REST API share: asking, logging in, choosing, and remembering.
mod api;
mod download;
mod epoch;
mod events;
mod hash;
mod memory;
mod oauth;
mod object_filters;
mod origin;
mod patterns;
mod token;
mod written;

pub use confluence::{ConfluenceConnector, storage_markdown};
pub use custom::CustomConnector;
pub use factory::{ConnectorsConfig, Factory};
pub use folder::FolderConnector;
pub use network::{HostConfig, NetworkConfig, NetworkError};
pub use s3::{S3Clients, S3Config, S3Connector};
pub use salesforce::SalesforceConnector;
pub use sharepoint::{MicrosoftConfig, SharePointConnector};
pub use web::{BrowserConfig, WebConnector, WebLimits, links_of, locations_of};
