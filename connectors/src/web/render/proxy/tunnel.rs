//! A connection through the proxy whose content it does not know.

use std::io;
use std::sync::Arc;

use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;

use super::account::Account;

/// Bytes of a piece that is passed on.
const PIECE: usize = 16 * 1024;

/// A connection to a server, for a browser that is about to use it.
#[derive(Debug)]
pub(super) struct Tunnel {
    pub(super) client: OnUpgrade,
    pub(super) server: TcpStream,
    pub(super) account: Arc<Account>,
    pub(super) _place: OwnedSemaphorePermit,
}

impl Tunnel {
    /// Passes bytes on until both sides have ended, one fails, or the page is over.
    pub(super) async fn run(self) {
        let account = &self.account;
        let exchange = async {
            let client = self.client.await.map_err(io::Error::other)?;
            let (from_client, to_client) = split(TokioIo::new(client));
            let (from_server, to_server) = split(self.server);
            let up = pass_on(from_client, to_server, account);
            let down = pass_on(from_server, to_client, account);
            tokio::try_join!(up, down)
        };
        if let Some(Err(error)) = account.bound(exchange).await {
            tracing::debug!(%error, "a page's connection ended");
        }
    }
}

async fn pass_on(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    account: &Account,
) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        let count = from.read(&mut piece).await?;
        if count == 0 {
            return to.shutdown().await;
        }
        account.pay(count).map_err(io::Error::other)?;
        to.write_all(piece.get(..count).unwrap_or_default()).await?;
    }
}
