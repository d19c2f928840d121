//! The browser's only way out: a forward proxy on loopback, which leaves by [`Network`] alone. So
//! the address that is judged is the one that is dialled, for whatever the browser thinks of.
//!
//! It serves nobody without a [`Pass`], whose words are known to one page and end with it: neither
//! other users of this machine, nor the browser where it asks for itself (updates and the like).
//! What a page may spend is bounded: bytes, connections, and the time of its pass.

mod account;
mod tunnel;

use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hyper::body::Incoming;
use hyper::header::{
    CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use reqwest::Body;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;
use url::Url;
use uuid::Uuid;

use crate::network::{FetchError, Network};
use account::{Account, Metered};
use tunnel::Tunnel;

/// Connections at once, of all pages and of whoever else knocks.
const CONNECTIONS: usize = 256;

/// How long a connection may take to say what it wants, and be idle.
const HEAD: Duration = Duration::from_secs(15);

/// The longest head of a request.
const HEAD_BYTES: usize = 64 * 1024;

/// A pause where the system has no socket to spare.
const SHORTAGE: Duration = Duration::from_millis(100);

/// Headers that are between two neighbours, or said anew.
const BETWEEN: [HeaderName; 6] = [CONNECTION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, HOST];

/// A running proxy; it ends, with all its connections, when it is dropped.
#[derive(Debug)]
pub(super) struct Proxy {
    gate: Arc<Gate>,
    address: SocketAddr,
    _serving: JoinSet<()>,
}

/// Who may pass.
#[derive(Debug)]
struct Gate {
    network: Network,
    /// By the header that bears the words.
    accounts: Mutex<HashMap<String, Arc<Account>>>,
}

/// The right to use the proxy, for as long as it lives.
#[derive(Debug)]
pub(super) struct Pass {
    pub(super) user: String,
    pub(super) password: String,
    gate: Arc<Gate>,
}

impl Proxy {
    /// Listens on a free port of the loopback address.
    pub(super) async fn start(network: Network) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let gate = Arc::new(Gate { network, accounts: Mutex::default() });
        let mut serving = JoinSet::new();
        serving.spawn(accept(listener, Arc::clone(&gate)));
        Ok(Self { gate, address, _serving: serving })
    }

    /// Where it listens.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Lets a page through that may receive and send so many bytes.
    pub(super) fn admit(&self, bytes: u64) -> Pass {
        let words = || Uuid::new_v4().simple().to_string();
        let pass = Pass { user: words(), password: words(), gate: Arc::clone(&self.gate) };
        let account = Arc::new(Account::new(bytes));
        self.gate.accounts().insert(pass.header(), account);
        pass
    }
}

impl Pass {
    /// What a request says that has it.
    fn header(&self) -> String {
        format!("Basic {}", BASE64.encode(format!("{}:{}", self.user, self.password)))
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let account = self.gate.accounts().remove(&self.header());
        if let Some(account) = account {
            account.end();
        }
    }
}

impl Gate {
    fn accounts(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Account>>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn account(&self, headers: &HeaderMap) -> Option<Arc<Account>> {
        let words = headers.get(PROXY_AUTHORIZATION)?.to_str().ok()?;
        self.accounts().get(words).map(Arc::clone)
    }
}

async fn accept(listener: TcpListener, gate: Arc<Gate>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            sleep(SHORTAGE).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        // Whoever comes when there is no room is sent away: waiting would let others shut us in.
        if let Ok(place) = Arc::clone(&room).try_acquire_owned() {
            let gate = Arc::clone(&gate);
            connections.spawn(async move {
                serve(stream, &gate).await;
                drop(place);
            });
        }
    }
}

/// Serves one connection of the browser.
async fn serve(stream: TcpStream, gate: &Gate) {
    let opened = Mutex::new(None);
    let service = service_fn(|request| async {
        let answer = answer(gate, request, &opened).await;
        Ok::<_, Infallible>(answer.unwrap_or_else(|refusal| refusal))
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(HEAD_BYTES);
    let served = http.serve_connection(TokioIo::new(stream), service).with_upgrades().await;
    let opened: Option<Tunnel> = opened.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let (Ok(()), Some(tunnel)) = (served, opened) {
        tunnel.run().await;
    }
}

async fn answer(
    gate: &Gate,
    mut request: Request<Incoming>,
    opened: &Mutex<Option<Tunnel>>,
) -> Result<Response<Body>, Response<Body>> {
    let account = gate.account(request.headers()).ok_or_else(unknown)?;
    let place = account.place().ok_or_else(spent)?;
    let refused = |error: FetchError| {
        tracing::debug!(%error, "a page's request is refused");
        let status = match error {
            FetchError::Blocked(_) | FetchError::Scheme { .. } => StatusCode::FORBIDDEN,
            FetchError::Timeout { .. } => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::BAD_GATEWAY,
        };
        plain(status, "it cannot be had")
    };
    if request.method() != Method::CONNECT {
        let response = forward(gate, request, &account);
        let response = account.bound(response).await.ok_or_else(spent)?.map_err(refused)?;
        return Ok(response.map(|body| Body::wrap(Metered::new(body, account, Some(place)))));
    }
    let uri = request.uri();
    let bad = || plain(StatusCode::BAD_REQUEST, "a host and a port are expected");
    let (host, port) = (uri.host().ok_or_else(bad)?, uri.port_u16().ok_or_else(bad)?);
    let server = account.bound(gate.network.connect(host, port)).await;
    let server = server.ok_or_else(spent)?.map_err(refused)?;
    let client = hyper::upgrade::on(&mut request);
    let tunnel = Tunnel { client, server, account, _place: place };
    *opened.lock().unwrap_or_else(PoisonError::into_inner) = Some(tunnel);
    Ok(Response::new(Body::default()))
}

/// Sends a request that is not encrypted on its way.
async fn forward(
    gate: &Gate,
    request: Request<Incoming>,
    account: &Arc<Account>,
) -> Result<Response<Body>, FetchError> {
    let (head, body) = request.into_parts();
    let scheme = || head.uri.scheme_str().unwrap_or("none").to_owned();
    let url = Url::parse(&head.uri.to_string()).ok().filter(|url| url.scheme() == "http");
    let url = url.ok_or_else(|| FetchError::Scheme { scheme: scheme() })?;
    let mut request = reqwest::Request::new(head.method, url);
    *request.headers_mut() = end_to_end(head.headers);
    // The body has its own idea of its length.
    request.headers_mut().remove(CONTENT_LENGTH);
    if !hyper::body::Body::is_end_stream(&body) {
        let body = Metered::new(body, Arc::clone(account), None);
        *request.body_mut() = Some(Body::wrap(body));
    }
    let response: Response<Body> = gate.network.send(request).await?.into();
    let (mut head, body) = response.into_parts();
    head.headers = end_to_end(head.headers);
    Ok(Response::from_parts(head, body))
}

/// The headers that are for whoever is at the other end.
fn end_to_end(mut headers: HeaderMap) -> HeaderMap {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    let between = BETWEEN.iter().chain([&PROXY_AUTHORIZATION, &PROXY_AUTHENTICATE]);
    for name in between.chain(&named) {
        headers.remove(name);
    }
    headers.remove("keep-alive");
    headers.remove("proxy-connection");
    headers
}

fn unknown() -> Response<Body> {
    let text = "this proxy serves pages that Outcrop renders, and nobody else";
    let mut response = plain(StatusCode::PROXY_AUTHENTICATION_REQUIRED, text);
    let scheme = HeaderValue::from_static("Basic realm=\"outcrop\"");
    response.headers_mut().insert(PROXY_AUTHENTICATE, scheme);
    response
}

fn spent() -> Response<Body> {
    plain(StatusCode::TOO_MANY_REQUESTS, "the page has used up what it may")
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests;
