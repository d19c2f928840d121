//! Sitemaps: lists of pages, and lists of such lists. Read piece by piece, within bounds, and as
//! far as they can be: what is before a fault counts.

use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

/// The longest location, in bytes; URLs are shorter.
const LONGEST: usize = 8_000;

/// How deep elements may be within each other.
const DEPTH: usize = 64;

/// What a sitemap lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sitemap {
    /// What it is.
    pub(crate) kind: SitemapKind,
    /// The locations, as they are written, and what is there: some list both.
    pub(crate) locations: Vec<(SitemapKind, String)>,
    /// Why the rest was not read, where it was not.
    pub(crate) fault: Option<String>,
}

/// What a sitemap lists.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SitemapKind {
    /// Pages.
    #[default]
    Pages,
    /// Other sitemaps.
    Sitemaps,
    /// Nothing: it is no sitemap.
    None,
}

/// Reads a sitemap in XML, or one of a URL a line.
pub(crate) fn read(mut bytes: impl BufRead, most: usize) -> Sitemap {
    let begins_as_markup = bytes.fill_buf().is_ok_and(|head| {
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        head.trim_ascii_start().starts_with(b"<")
    });
    if begins_as_markup { xml(bytes, most) } else { lines(bytes, most) }
}

fn lines(bytes: impl BufRead, most: usize) -> Sitemap {
    let mut sitemap = Sitemap { kind: SitemapKind::None, ..Sitemap::default() };
    for line in bytes.lines() {
        let Ok(line) = line else { break };
        let line = line.trim().trim_start_matches('\u{feff}');
        if !line.starts_with("http://") && !line.starts_with("https://") {
            if line.is_empty() {
                continue;
            }
            break;
        }
        if sitemap.locations.len() >= most {
            sitemap.fault = Some(too_many(most));
            break;
        }
        sitemap.kind = SitemapKind::Pages;
        sitemap.locations.push((SitemapKind::Pages, line.to_owned()));
    }
    sitemap
}

fn xml(bytes: impl BufRead, most: usize) -> Sitemap {
    let mut sitemap = Sitemap { kind: SitemapKind::None, ..Sitemap::default() };
    let mut reader = Reader::from_reader(bytes);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_dangling_amp = true;
    let mut buffer = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut location: Option<String> = None;
    loop {
        buffer.clear();
        let event = match reader.read_event_into(&mut buffer) {
            Ok(event) => event,
            Err(error) => {
                sitemap.fault = Some(format!("it is no valid XML: {error}"));
                return sitemap;
            }
        };
        match event {
            Event::Start(element) => {
                path.push(local(element.name().as_ref()));
                if path.len() > DEPTH {
                    sitemap.fault = Some("its elements are too deep within each other".to_owned());
                    return sitemap;
                }
                if let [root] = path.as_slice() {
                    sitemap.kind = match root.as_str() {
                        "urlset" => SitemapKind::Pages,
                        "sitemapindex" => SitemapKind::Sitemaps,
                        _ => return sitemap,
                    };
                }
                if listed(&path).is_some() {
                    location = Some(String::new());
                }
            }
            Event::Text(text) => append(&mut location, &text),
            Event::CData(text) => append(&mut location, &text),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().ok().flatten();
                match character {
                    Some(character) => append(&mut location, character.encode_utf8(&mut [0; 4])),
                    None => append(
                        &mut location,
                        resolve_predefined_entity(&reference).unwrap_or_default(),
                    ),
                }
            }
            Event::End(_) => {
                if let Some(kind) = listed(&path)
                    && let Some(location) = location.take().filter(|text| !text.trim().is_empty())
                {
                    if sitemap.locations.len() >= most {
                        sitemap.fault = Some(too_many(most));
                        return sitemap;
                    }
                    sitemap.locations.push((kind, location.trim().to_owned()));
                }
                path.pop();
            }
            Event::Eof => return sitemap,
            _ => {}
        }
    }
}

fn too_many(most: usize) -> String {
    format!("it has more than {most} locations; the rest is left out")
}

/// A name without its namespace's prefix.
fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or_default().to_ascii_lowercase()
}

/// What an element is the location of: that of an entry, of the root's. Images have some of their
/// own, deeper.
fn listed(path: &[String]) -> Option<SitemapKind> {
    let [_, entry, location] = path else { return None };
    match entry.as_str() {
        _ if location != "loc" => None,
        "url" => Some(SitemapKind::Pages),
        "sitemap" => Some(SitemapKind::Sitemaps),
        _ => None,
    }
}

fn append(location: &mut Option<String>, text: &str) {
    if let Some(location) = location
        && location.len() + text.len() <= LONGEST
    {
        location.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn texts(sitemap: &Sitemap) -> Vec<&str> {
        sitemap.locations.iter().map(|(_, location)| location.as_str()).collect()
    }

    fn check(xml: &str, kind: SitemapKind, locations: &[&str]) {
        let sitemap = read(xml.as_bytes(), 3);
        assert_eq!(sitemap.kind, kind, "{xml}");
        assert_eq!(texts(&sitemap), locations, "{xml}");
        assert!(sitemap.locations.iter().all(|(listed, _)| *listed == kind), "{xml}");
    }

    #[test]
    fn both_kinds_are_read() {
        check(
            "<?xml version=\"1.0\"?><urlset xmlns=\"x\"><url><loc> https://a.example/?a=1&amp;b=2
             </loc><lastmod>2024</lastmod></url><url><loc><![CDATA[/b]]></loc></url></urlset>",
            SitemapKind::Pages,
            &["https://a.example/?a=1&b=2", "/b"],
        );
        check(
            "\u{feff}<sm:sitemapindex xmlns:sm='x'><sm:sitemap><sm:loc>/&#65;.xml</sm:loc></sm:sitemap>
             </sm:sitemapindex>",
            SitemapKind::Sitemaps,
            &["/A.xml"],
        );
        check(
            "<urlset><url><loc>/a</loc><image:image><image:loc>/no</image:loc></image:image></url></urlset>",
            SitemapKind::Pages,
            &["/a"],
        );
        check(
            "https://a.example/a\r\n\nhttps://a.example/b\n",
            SitemapKind::Pages,
            &["https://a.example/a", "https://a.example/b"],
        );
    }

    #[test]
    fn what_is_before_a_fault_counts() {
        let broken = "<urlset><url><loc>/a</loc></url><url><loc>/b</loc></url><url><!-- ";
        check(broken, SitemapKind::Pages, &["/a", "/b"]);
        assert!(read(broken.as_bytes(), 3).fault.is_some());
        let entry = "<url><loc>/a</loc></url>";
        let long = format!("<urlset>{}</urlset>", entry.repeat(5));
        check(&long, SitemapKind::Pages, &["/a", "/a", "/a"]);
        assert!(read(long.as_bytes(), 3).fault.is_some_and(|fault| fault.contains("more than 3")));
    }

    #[test]
    fn other_things_are_no_sitemaps() {
        check("<html><body><url><loc>/a</loc></url></body></html>", SitemapKind::None, &[]);
        check("words", SitemapKind::None, &[]);
        check("", SitemapKind::None, &[]);
        check(
            "<!DOCTYPE urlset [<!ENTITY x \"y\">]><urlset><url><loc>/&x;a</loc></url></urlset>",
            SitemapKind::Pages,
            &["/a"],
        );
    }

    /// Files of real sites, where the evaluation data is.
    #[test]
    fn real_sitemaps_are_read() {
        #[expect(clippy::disallowed_methods, reason = "the tests' own data is named so")]
        let data = std::env::var_os("OUTCROP_DATA");
        let folder = data.map(|data| std::path::PathBuf::from(data).join("web/sitemaps"));
        let expect =
            folder.as_ref().map(|folder| std::fs::read_to_string(folder.join("expect.jsonl")));
        let (Some(folder), Some(Ok(expect))) = (folder, expect) else {
            #[expect(clippy::print_stderr, reason = "says why nothing was tested")]
            {
                eprintln!("skipped: set OUTCROP_DATA to the folder with web/sitemaps/expect.jsonl");
            }
            return;
        };
        for line in expect.lines() {
            let expect: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
            let name = expect["file"].as_str().unwrap_or_default();
            let bytes = std::fs::read(folder.join(name)).unwrap_or_default();
            let bytes = if bytes.starts_with(b"\x1f\x8b") {
                let mut plain = Vec::new();
                let unpacked =
                    flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut plain);
                assert!(unpacked.is_ok(), "{name}");
                plain
            } else {
                bytes
            };
            let sitemap = read(bytes.as_slice(), 50_000);
            let kind = match expect["root"].as_str() {
                Some("urlset") => SitemapKind::Pages,
                _ => SitemapKind::Sitemaps,
            };
            assert_eq!((sitemap.kind, &sitemap.fault), (kind, &None), "{name}");
            assert_eq!(
                Some(sitemap.locations.len() as u64),
                expect["locations"].as_u64(),
                "{name}"
            );
            let first = expect["first"].as_array().cloned().unwrap_or_default();
            assert!(
                texts(&sitemap).iter().zip(&first).all(|(found, first)| *found == first),
                "{name}"
            );
            let last = expect["last"].as_array().and_then(|last| last.last().cloned());
            assert_eq!(texts(&sitemap).last().map(|found| (*found).into()), last, "{name}");
        }
    }
}
