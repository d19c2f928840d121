//! Reads sources: finds out what is there, and fetches bytes when asked.
//!
//! A module for each kind of source, and [`Factory`], which knows them all. Every connector runs
//! the contract suite in `fixtures::connector_contract`.

mod api;
mod confluence;
mod custom;
mod download;
mod epoch;
mod events;
mod factory;
mod folder;
mod hash;
mod memory;
mod network;
mod oauth;
mod object_filters;
mod origin;
mod s3;
mod salesforce;
mod sharepoint;
mod sidecar;
mod token;
mod web;

pub use confluence::{ConfluenceConnector, storage_markdown};
pub use custom::CustomConnector;
pub use factory::{ConnectorsConfig, Factory};
pub use folder::FolderConnector;
pub use network::{HostConfig, NetworkConfig, NetworkError};
pub use s3::{S3Clients, S3Config, S3Connector};
pub use salesforce::SalesforceConnector;
pub use sharepoint::{MicrosoftConfig, SharePointConnector};
pub use web::{WebConnector, WebLimits, links_of, locations_of};
