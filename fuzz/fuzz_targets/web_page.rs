//! Any text as a web page: its links are found in time and without a panic, each once and in their
//! normal form, which is the same when it is made again.

#![no_main]

use std::collections::HashSet;

use connectors::links_of;
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|html: &str| {
    let Ok(url) = Url::parse("https://a.example/docs/index.html?q=1") else { return };
    let links = links_of(html, &url);
    assert_eq!(links.iter().collect::<HashSet<_>>().len(), links.len());
    for link in &links {
        assert!(matches!(link.scheme(), "http" | "https") && link.fragment().is_none());
        let written = link.as_str().replace('&', "&amp;").replace('"', "&quot;");
        let again = links_of(&format!("<a href=\"{written}\">"), &url);
        assert_eq!(again.as_slice(), std::slice::from_ref(link));
    }
});
