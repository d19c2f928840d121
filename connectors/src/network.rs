//! The one way out: every request of a connector that speaks HTTP leaves through here.
//!
//! * **No address but those of the public internet** is ever dialled, unless the operator allows
//!   its range or has mapped the host; link-local and cloud metadata addresses never are. The
//!   address that was judged is the one that is dialled, so a name that changes its mind between
//!   the two (rebinding) gains nothing. A URL whose host is an address is judged as well, which no
//!   resolver sees.
//! * **No redirect is followed**: whoever asks looks at the target first.
//! * **No proxy of the environment** is used: it would dial in our stead.
//! * **Nothing waits for ever** and no body is read beyond a limit.

mod address;
mod body;
mod failure;
mod names;
mod patience;

use std::collections::HashMap;
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use ipnet::IpNet;
use reqwest::{Certificate, Client, Request, Response, Url, redirect};
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::time::timeout;

use address::Policy;
pub(crate) use body::{BodyLimits, ENCODINGS, Stored, gunzip, head, receive};
pub(crate) use failure::{Blocked, FetchError};
use names::Names;
pub(crate) use patience::{Patience, retry_after};

/// How long it may take to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a response may be silent.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// The ports that URLs leave out.
const DEFAULT_PORTS: [u16; 2] = [80, 443];

/// What the operator says of the network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkConfig {
    /// Ranges of private addresses that sources may be read from (`10.1.0.0/16`).
    pub allow: Vec<IpNet>,
    /// Hosts that are reached at another address than their name says, as through a gateway. The
    /// gateway shows a certificate for the host's name, signed by an authority of
    /// [`Self::ca_file`] or by a public one.
    pub hosts: HashMap<String, HostConfig>,
    /// A PEM file with certificate authorities that are trusted besides the public ones.
    pub ca_file: Option<PathBuf>,
}

/// Where a host is reached.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostConfig {
    /// `ADDRESS:PORT`. It is allowed by being named here. A port in a URL goes before this one.
    pub address: SocketAddr,
}

/// Why there is no way out.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// The file with certificate authorities has no meaning.
    #[error("connectors.network.ca_file '{path}' cannot be used: {reason}")]
    Authorities {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The client cannot be made.
    #[error("the HTTP client cannot be made: {reason}")]
    Client {
        /// What was seen.
        reason: String,
    },
}

/// The way out. Clones share connections.
#[derive(Debug, Clone)]
pub(crate) struct Network {
    client: Client,
    names: Names,
}

impl Network {
    /// The way out that the operator allows.
    pub(crate) fn new(config: &NetworkConfig) -> Result<Self, NetworkError> {
        let policy = Arc::new(Policy::new(&config.allow));
        let names = Names { policy, hosts: Arc::new(config.hosts.clone()) };
        let mut builder = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .dns_resolver(Arc::new(names.clone()));
        for authority in authorities(config)? {
            builder = builder.add_root_certificate(authority);
        }
        let client =
            builder.build().map_err(|error| NetworkError::Client { reason: chain(&error) })?;
        Ok(Self { client, names })
    }

    /// Whether the operator says where a host is, and so vouches for it.
    pub(crate) fn is_mapped(&self, host: &str) -> bool {
        self.names.hosts.contains_key(host)
    }

    /// Sends one request and returns when the head of the response is there.
    pub(crate) async fn send(&self, request: Request) -> Result<Response, FetchError> {
        self.check(request.url())?;
        self.client.execute(request).await.map_err(FetchError::from)
    }

    /// Refuses URLs that are not to be fetched for what they say, before anything is resolved.
    pub(crate) fn check(&self, url: &Url) -> Result<(), FetchError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(FetchError::Scheme { scheme: url.scheme().to_owned() });
        }
        let address = match url.host() {
            Some(url::Host::Ipv4(address)) => address.into(),
            Some(url::Host::Ipv6(address)) => address.into(),
            Some(url::Host::Domain(_)) => return Ok(()),
            None => return Err(FetchError::Blocked(Blocked)),
        };
        Ok(self.names.policy.judge(address)?)
    }

    /// Connects to a host for whoever speaks with it alone, at an address that may be dialled.
    pub(crate) async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, FetchError> {
        let late = |_| FetchError::Timeout { reason: "nobody took the connection".to_owned() };
        timeout(CONNECT_TIMEOUT, self.dial(host, port)).await.map_err(late)?
    }

    async fn dial(&self, host: &str, port: u16) -> Result<TcpStream, FetchError> {
        let addresses = match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(address) => {
                self.names.policy.judge(address)?;
                vec![SocketAddr::new(address, port)]
            }
            Err(_) => self.names.find(host).await?,
        };
        let mut reason = "the name has no address".to_owned();
        for mut address in addresses {
            // As with URLs: a port that has to be named goes before the operator's.
            if address.port() == 0 || !DEFAULT_PORTS.contains(&port) {
                address.set_port(port);
            }
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => reason = error.to_string(),
            }
        }
        Err(FetchError::Connect { reason })
    }
}

/// A body, of which no more than `limit` bytes are read.
pub(crate) async fn body(response: Response, limit: u64) -> Result<Bytes, FetchError> {
    let mut pieces = response.bytes_stream();
    let mut bytes = BytesMut::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        if (bytes.len() + piece.len()) as u64 > limit {
            return Err(FetchError::TooLarge { limit });
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.freeze())
}

fn authorities(config: &NetworkConfig) -> Result<Vec<Certificate>, NetworkError> {
    let Some(path) = &config.ca_file else { return Ok(Vec::new()) };
    let failed = |reason| NetworkError::Authorities { path: path.display().to_string(), reason };
    let pem = fs::read(path).map_err(|error| failed(error.to_string()))?;
    Certificate::from_pem_bundle(&pem).map_err(|error| failed(chain(&error)))
}

/// An error with its causes, without URLs, which may hold secrets.
fn chain(error: &reqwest::Error) -> String {
    failure::causes(error)
}
