//! Reads sources: finds out what is there, and fetches bytes when asked.
//!
//! A module for each kind of source, and [`Factory`], which knows them all. Every connector runs
//! the contract suite in `fixtures::connector_contract`.

mod api;
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
mod salesforce;
mod sharepoint;
mod sidecar;
mod token;

pub use custom::CustomConnector;
pub use factory::{ConnectorsConfig, Factory};
pub use folder::FolderConnector;
pub use network::{HostConfig, NetworkConfig, NetworkError};
pub use salesforce::SalesforceConnector;
pub use sharepoint::{MicrosoftConfig, SharePointConnector};
