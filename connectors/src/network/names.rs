//! From a host's name to the addresses at which it may be dialled.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::{Policy, judge_mapped};
use super::{FetchError, HostConfig};

/// Finds the addresses of hosts, and gives out only those that may be dialled.
#[derive(Debug, Clone)]
pub(super) struct Names {
    pub(super) policy: Arc<Policy>,
    pub(super) hosts: Arc<HashMap<String, HostConfig>>,
}

impl Names {
    /// The addresses of a host. Their port is 0, or where the operator says that the host is.
    pub(super) async fn find(&self, name: &str) -> Result<Vec<SocketAddr>, FetchError> {
        if let Some(mapped) = self.hosts.get(name) {
            judge_mapped(mapped.address.ip())?;
            return Ok(vec![mapped.address]);
        }
        let unknown = |error: std::io::Error| FetchError::Connect { reason: error.to_string() };
        let found = tokio::net::lookup_host((name, 0)).await.map_err(unknown)?;
        let addresses: Vec<SocketAddr> = found.collect();
        // One that is not allowed condemns all: a name with mixed answers is up to something.
        for address in &addresses {
            self.policy.judge(address.ip())?;
        }
        Ok(addresses)
    }
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let names = self.clone();
        Box::pin(async move {
            match names.find(name.as_str()).await {
                Ok(addresses) => Ok(Box::new(addresses.into_iter()) as Addrs),
                // It is looked for among the causes of the client's error.
                Err(FetchError::Blocked(blocked)) => Err(blocked.into()),
                Err(error) => Err(error.into()),
            }
        })
    }
}
