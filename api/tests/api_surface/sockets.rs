//! The server on a real socket.

use std::time::Duration;

use api::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::support::Server;

const PATIENCE: Duration = Duration::from_secs(30);

/// A served socket.
struct Served {
    address: std::net::SocketAddr,
    shutdown: CancellationToken,
    task: JoinSet<std::io::Result<()>>,
    _server: Server,
}

async fn serve(limits: Limits) -> Served {
    let server = Server::with_limits(limits).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = CancellationToken::new();
    let mut task = JoinSet::new();
    task.spawn(api::serve(listener, server.state.clone(), shutdown.clone()));
    Served { address, shutdown, task, _server: server }
}

impl Served {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Stops the server and waits until it has.
    async fn stop(mut self) {
        self.shutdown.cancel();
        timeout(PATIENCE, self.task.join_next()).await.unwrap().unwrap().unwrap().unwrap();
    }
}

/// Everything that the server sends until it closes the connection.
async fn read(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.unwrap().unwrap();
    bytes
}

const LIVEZ: &[u8] = b"GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn both_protocols_on_one_socket() {
    let served = serve(Limits::default()).await;
    let mut plain = served.connect().await;
    plain.write_all(LIVEZ).await.unwrap();
    let answer = String::from_utf8(read(&mut plain).await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("\r\ndate: ") && answer.contains("\r\nx-amzn-requestid: "));
    let mut second = served.connect().await;
    // The preface of HTTP/2 and an empty SETTINGS frame.
    second.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    let mut frame = [0; 9];
    timeout(PATIENCE, second.read_exact(&mut frame)).await.unwrap().unwrap();
    assert_eq!(frame[3], 4, "the first frame is SETTINGS");
    drop(second);
    served.stop().await;
}

#[tokio::test]
async fn silent_connections_are_closed_and_do_not_hold_up_the_end() {
    let limits = Limits { head_seconds: 1, ..Limits::default() };
    let served = serve(limits).await;
    let mut silent = served.connect().await;
    assert!(read(&mut silent).await.is_empty());
    let mut slow = served.connect().await;
    slow.write_all(b"GET /livez HTTP/1.1\r\n").await.unwrap();
    let answer = String::from_utf8(read(&mut slow).await).unwrap();
    assert!(answer.is_empty() || answer.contains("408"), "{answer}");
    let served = {
        served.stop().await;
        serve(Limits::default()).await
    };
    let _silent = served.connect().await;
    served.stop().await;
}

#[tokio::test]
async fn requests_in_flight_end_before_the_server_does() {
    let served = serve(Limits::default()).await;
    let mut stream = served.connect().await;
    let head = b"POST /knowledgebases/ HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n";
    stream.write_all(head).await.unwrap();
    stream.write_all(b"{").await.unwrap();
    // The request is in flight once the server has answered another on the same listener.
    let mut other = served.connect().await;
    other.write_all(LIVEZ).await.unwrap();
    read(&mut other).await;
    served.shutdown.cancel();
    stream.write_all(b"}").await.unwrap();
    let answer = String::from_utf8(read(&mut stream).await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    served.stop().await;
}

#[tokio::test]
async fn connections_wait_for_a_slot() {
    let served = serve(Limits { connections: 1, ..Limits::default() }).await;
    let first = served.connect().await;
    let mut second = served.connect().await;
    second.write_all(LIVEZ).await.unwrap();
    drop(first);
    let answer = String::from_utf8(read(&mut second).await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    served.stop().await;
}
