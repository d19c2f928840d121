#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use fixtures::web_sites::{Reply, WebSites};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::network::{HostConfig, NetworkConfig};

/// A proxy to sites, of which one is known as `a.example`.
async fn started() -> (Proxy, WebSites) {
    let sites = WebSites::start().await;
    sites.put("a.example/x", Reply::bytes("text/plain", "here it is"));
    let hosts = [("a.example".to_owned(), HostConfig { address: sites.address() })];
    let config = NetworkConfig { hosts: hosts.into(), ..NetworkConfig::default() };
    let proxy = Proxy::start(Network::new(&config).unwrap()).await.unwrap();
    (proxy, sites)
}

/// What the proxy answers to a request that ends the connection.
async fn answer(proxy: &Proxy, first: &str, words: &str) -> String {
    let mut stream = TcpStream::connect(proxy.address).await.unwrap();
    let request = format!("{first} HTTP/1.1\r\nHost: x\r\n{words}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A body that is cut off is what was received.
    stream.read_to_end(&mut answer).await.unwrap_or_default();
    String::from_utf8_lossy(&answer).into_owned()
}

fn words(pass: &Pass) -> String {
    format!("Proxy-Authorization: {}\r\n", pass.header())
}

#[tokio::test]
async fn nobody_passes_without_a_pass() {
    let (proxy, sites) = started().await;
    let pass = proxy.admit(1_000);
    let own = words(&pass);
    let served = answer(&proxy, "GET http://a.example/x", &own).await;
    assert!(served.starts_with("HTTP/1.1 200") && served.contains("here it is"), "{served}");
    assert!(!sites.visitors()[0].headers.contains_key("proxy-authorization"));
    sites.forget_visitors();
    let wrong = format!("Proxy-Authorization: Basic {}\r\n", BASE64.encode("a:b"));
    for words in ["", &wrong] {
        for first in ["GET http://a.example/x", "CONNECT a.example:443"] {
            let refused = answer(&proxy, first, words).await;
            assert!(refused.starts_with("HTTP/1.1 407"), "{refused}");
        }
    }
    drop(pass);
    let refused = answer(&proxy, "GET http://a.example/x", &own).await;
    assert!(refused.starts_with("HTTP/1.1 407"), "{refused}");
    assert!(sites.visited().is_empty());
}

#[tokio::test]
async fn addresses_are_judged_as_the_crawlers_are() {
    let (proxy, sites) = started().await;
    let pass = proxy.admit(1_000_000);
    let port = sites.address().port();
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254"] {
        for first in [format!("GET http://{host}:{port}/x"), format!("CONNECT {host}:{port}")] {
            let refused = answer(&proxy, &first, &words(&pass)).await;
            assert!(refused.starts_with("HTTP/1.1 403"), "{first}: {refused}");
        }
    }
    for first in ["GET ftp://a.example/x", "GET /x"] {
        let refused = answer(&proxy, first, &words(&pass)).await;
        assert!(refused.starts_with("HTTP/1.1 403"), "{first}: {refused}");
    }
    assert!(sites.visited().is_empty());
}

#[tokio::test]
async fn a_tunnel_is_a_connection_to_an_address_that_is_allowed() {
    let (proxy, _sites) = started().await;
    let pass = proxy.admit(1_000_000);
    let mut stream = TcpStream::connect(proxy.address).await.unwrap();
    let request = format!("CONNECT a.example:443 HTTP/1.1\r\nHost: x\r\n{}\r\n", words(&pass));
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await.unwrap());
    }
    assert!(answer.starts_with(b"HTTP/1.1 200"));
    let request = "GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut served = [0; 12];
    stream.read_exact(&mut served).await.unwrap();
    assert_eq!(&served, b"HTTP/1.1 200");
    // The page is over, and with it whatever it has open.
    drop(pass);
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap_or_default();
}

#[tokio::test]
async fn a_page_cannot_spend_more_than_it_has() {
    let (proxy, sites) = started().await;
    sites.put("a.example/long", Reply::repeated(vec![b'x'; 1_000], 1_000));
    let pass = proxy.admit(10_000);
    let cut = answer(&proxy, "GET http://a.example/long", &words(&pass)).await;
    assert!(cut.len() < 30_000, "{}", cut.len());
    let refused = answer(&proxy, "GET http://a.example/x", &words(&pass)).await;
    assert!(refused.starts_with("HTTP/1.1 429"), "{refused}");
}
