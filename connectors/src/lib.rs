//! Reads sources: finds out what is there, and fetches bytes when asked.
//!
//! A module for each kind of source, and [`Factory`], which knows them all. Every connector runs
//! the contract suite in `fixtures::connector_contract`.

mod confluence;
mod custom;
mod factory;
mod folder;
mod network;
mod s3;
mod sidecar;
mod web;

pub use confluence::{ConfluenceConnector, storage_markdown};
pub use custom::CustomConnector;
pub use factory::{ConnectorsConfig, Factory};
pub use folder::FolderConnector;
pub use network::{HostConfig, NetworkConfig, NetworkError};
pub use s3::{S3Clients, S3Config, S3Connector};
pub use web::{WebConnector, WebLimits, links_of, locations_of};
