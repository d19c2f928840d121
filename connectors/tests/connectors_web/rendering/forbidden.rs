//! What a page in the browser cannot reach, whatever it tries.

use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use fixtures::web_sites::Reply;

use super::world;

/// A server of the operator's network, which counts who knocks.
struct Inside {
    port: u16,
    knocks: Arc<AtomicUsize>,
}

impl Inside {
    fn start() -> Self {
        // All addresses of this machine, of both families where it has both.
        let listener =
            TcpListener::bind("[::]:0").or_else(|_| TcpListener::bind("0.0.0.0:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let knocks = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&knocks);
        thread::spawn(move || {
            for stream in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
                drop(stream);
            }
        });
        Self { port, knocks }
    }

    /// How often somebody knocked. One more does, who proves that knocks are counted.
    fn knocks(&self) -> usize {
        let before = self.knocks.load(Ordering::SeqCst);
        drop(TcpStream::connect(("127.0.0.1", self.port)).unwrap());
        while self.knocks.load(Ordering::SeqCst) == before {
            thread::yield_now();
        }
        self.knocks.load(Ordering::SeqCst) - 1
    }
}

#[tokio::test]
async fn no_request_reaches_the_operators_network() {
    let Some(world) = world(&["http://a.example/"]).await else { return };
    let inside = Inside::start();
    let port = inside.port;
    // `localhost` is a name whose address is private when it is resolved: what a rebinding name
    // turns out to be.
    let hosts = ["127.0.0.1", "localhost", "[::1]", "2130706433", "0", "[::ffff:127.0.0.1]"];
    let urls: Vec<String> = hosts.iter().map(|host| format!("http://{host}:{port}/x")).collect();
    let secure: Vec<String> = hosts.iter().map(|host| format!("https://{host}:{port}/x")).collect();
    world.sites.put("a.example/to-inside", Reply::redirect(302, &urls[0]));
    world.sites.put("a.example/to-name", Reply::redirect(302, &urls[1]));
    let all: Vec<&String> = urls.iter().chain(&secure).collect();
    let script = format!(
        "const urls = {all:?}.concat(['/to-inside', '/to-name', 'http://169.254.169.254/latest',
             'file:///etc/passwd', 'ftp://127.0.0.1:{port}/', 'chrome://version']);
         const tries = urls.map(url => fetch(url, {{mode: 'no-cors'}})
             .then(answer => answer.text()).then(text => 'reached ' + url + text, () => 'refused'));
         const socket = new Promise(done => {{
             const socket = new WebSocket('ws://localhost:{port}/');
             socket.onopen = () => done('reached by a socket');
             socket.onerror = () => done('refused');
         }});
         const code = `fetch('http://127.0.0.1:{port}/', {{mode: 'no-cors'}})
             .then(() => postMessage('reached by a worker'), () => postMessage('refused'))`;
         const worker = new Promise(done => {{
             const worker = new Worker(URL.createObjectURL(new Blob([code])));
             worker.onmessage = event => done(event.data);
         }});
         navigator.sendBeacon('http://127.0.0.1:{port}/beacon');
         for (const url of urls) {{
             new Image().src = url;
             for (const [name, attribute] of [['iframe', 'src'], ['script', 'src'],
                     ['video', 'src'], ['object', 'data'], ['embed', 'src']]) {{
                 const element = document.createElement(name);
                 element[attribute] = url;
                 document.body.append(element);
             }}
             for (const rel of ['preload', 'prefetch', 'preconnect', 'dns-prefetch', 'stylesheet',
                     'manifest', 'icon', 'modulepreload', 'prerender']) {{
                 const link = document.createElement('link');
                 Object.assign(link, {{rel, href: url, as: 'script'}});
                 document.head.append(link);
             }}
         }}
         open('http://127.0.0.1:{port}/popup');
         const form = document.createElement('form');
         Object.assign(form, {{method: 'post', action: 'http://127.0.0.1:{port}/form'}});
         document.body.append(form);
         form.submit();
         const keeping = setInterval(() => document.body.append(' '), 50);
         Promise.all([...tries, socket, worker]).then(all => {{
             clearInterval(keeping);
             document.body.innerHTML = 'outcome: ' + all.join(', ') + '.'
                 + ['RTCPeerConnection' in window, 'serviceWorker' in navigator];
         }});"
    );
    world.script("a.example/", &script);
    let found = world.crawl().await;
    let text = found.text("http://a.example/").await;
    assert!(text.contains("outcome: refused, refused"), "{text}");
    assert!(!text.contains("reached") && text.contains(".false,false"), "{text}");
    assert_eq!(inside.knocks(), 0);
    let visited = world.sites.visited();
    assert!(visited.iter().all(|target| target.starts_with("a.example/")), "{visited:?}");
}

#[tokio::test]
async fn a_page_that_goes_into_the_operators_network_is_denied() {
    let Some(world) = world(&["http://a.example/"]).await else { return };
    let inside = Inside::start();
    world.page("a.example/", &["/goes", "/file", "/download"]);
    // A file is followed out of the scope, so that the address alone decides.
    let to = format!("http://127.0.0.1:{}/x.pdf", inside.port);
    world.script("a.example/goes", &format!("location.href = '{to}'"));
    world.script("a.example/file", "location.href = 'file:///etc/passwd'");
    world.script(
        "a.example/download",
        "const link = document.createElement('a');
         link.href = 'data:application/pdf,x'; link.download = 'x.pdf'; link.click();",
    );
    let found = world.crawl().await;
    assert!(found.is_complete, "{found:?}");
    assert!(found.failed[&to].contains("address is not allowed"), "{found:?}");
    assert_eq!(found.urls(), ["a.example/", "a.example/download", "a.example/file"]);
    assert!(!found.text("http://a.example/file").await.contains("root:"));
    assert_eq!(inside.knocks(), 0);
}
