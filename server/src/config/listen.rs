//! Where the server listens. Only on this machine, until callers can be told apart.

use std::fmt;
use std::net::{AddrParseError, IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use serde::Deserialize;

/// An address of this machine and a port; port 0 means any that is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Listen(SocketAddr);

/// An address that the server does not listen on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ListenError {
    /// Something else than an address.
    #[error("'{text}' is no address to listen on: give ADDRESS:PORT, as 127.0.0.1:8080")]
    Unreadable {
        /// What was given.
        text: String,
        /// Why it is none.
        source: AddrParseError,
    },
    /// An address that others can reach.
    #[error(
        "refusing to listen on {address}: this version has no keys yet and accepts every \
         signature, so whoever reaches it can read and delete everything. Listen on \
         127.0.0.1:{}, and let others in by a tunnel, as `ssh -L {0}:127.0.0.1:{0} HOST`",
        .address.port()
    )]
    NotLoopback {
        /// What was given.
        address: SocketAddr,
    },
}

impl Listen {
    /// Any free port of this machine.
    pub(crate) const ANY: Self = Self(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0));

    /// The address.
    pub(crate) fn address(self) -> SocketAddr {
        self.0
    }
}

impl Default for Listen {
    fn default() -> Self {
        Self(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080))
    }
}

impl FromStr for Listen {
    type Err = ListenError;

    fn from_str(text: &str) -> Result<Self, ListenError> {
        let named = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
        let address: SocketAddr = named
            .as_deref()
            .unwrap_or(text)
            .parse()
            .map_err(|source| ListenError::Unreadable { text: text.to_owned(), source })?;
        if address.ip().to_canonical().is_loopback() {
            Ok(Self(address))
        } else {
            Err(ListenError::NotLoopback { address })
        }
    }
}

impl TryFrom<String> for Listen {
    type Error = ListenError;

    fn try_from(text: String) -> Result<Self, ListenError> {
        text.parse()
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Result<&str, &str>) {
        match (text.parse::<Listen>(), expect) {
            (Ok(listen), Ok(expect)) => assert_eq!(listen.to_string(), expect, "{text}"),
            (Err(error), Err(part)) => {
                assert!(error.to_string().contains(part), "{text}: {error}");
            }
            (result, _) => assert_eq!(format!("{result:?}"), format!("{expect:?}"), "{text}"),
        }
    }

    #[test]
    fn only_this_machine_is_listened_on() {
        check("127.0.0.1:8080", Ok("127.0.0.1:8080"));
        check("127.0.0.2:0", Ok("127.0.0.2:0"));
        check("[::1]:80", Ok("[::1]:80"));
        check("localhost:81", Ok("127.0.0.1:81"));
        check("0.0.0.0:8080", Err("ssh -L 8080:127.0.0.1:8080"));
        check("[::]:8080", Err("accepts every signature"));
        check("192.168.1.4:8080", Err("refusing to listen"));
        check("8080", Err("ADDRESS:PORT"));
        check("example.org:80", Err("ADDRESS:PORT"));
    }
}
