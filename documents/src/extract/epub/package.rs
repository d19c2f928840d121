//! The package document (OPF): what the book is called, and in which order its files are read.

use std::collections::{HashMap, HashSet};

use percent_encoding::percent_decode_str;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::super::decode::decode;
use crate::extracted::Properties;
use crate::words::on_one_line;

/// More chapters than this are not read.
const MOST_CHAPTERS: usize = 20_000;

/// What a package document says.
#[derive(Debug, Default)]
pub(super) struct Package {
    pub(super) properties: Properties,
    /// The paths of the chapters in the archive.
    pub(super) chapters: Vec<String>,
}

/// A file of the book.
struct Item {
    path: String,
    is_page: bool,
    is_navigation: bool,
}

impl Package {
    /// Reads a package document, which stands at `path`.
    pub(super) fn of(bytes: &[u8], path: &str) -> Self {
        let mut package = Self::default();
        let mut items: HashMap<String, Item> = HashMap::new();
        let mut spine: Vec<String> = Vec::new();
        let mut navigation: HashSet<String> = HashSet::new();
        each(bytes, |name, attribute, text| match name {
            "item" => {
                let (Some(id), Some(href)) = (attribute("id"), attribute("href")) else { return };
                let media_type = attribute("media-type").unwrap_or_default();
                let properties = attribute("properties").unwrap_or_default();
                let item = Item {
                    path: resolve(path, &href),
                    is_page: media_type.contains("html") || media_type == "text/x-oeb1-document",
                    is_navigation: properties.split_whitespace().any(|word| word == "nav"),
                };
                items.insert(id, item);
            }
            "itemref" => spine.extend(attribute("idref")),
            "reference" if attribute("type").is_some_and(|kind| kind == "toc") => {
                navigation.extend(attribute("href").map(|href| resolve(path, &href)));
            }
            "title" => keep(&mut package.properties.title, text),
            "creator" => match &mut package.properties.author {
                Some(author) if !text.is_empty() => author.extend([", ", text]),
                author => keep(author, text),
            },
            "date" => keep(&mut package.properties.date, text),
            "language" => keep(&mut package.properties.language, text),
            _ => {}
        });
        for id in spine.iter().take(MOST_CHAPTERS) {
            // What stands twice in the spine is read once.
            let Some(item) = items.remove(id) else { continue };
            if item.is_page && !item.is_navigation && !navigation.contains(&item.path) {
                package.chapters.push(item.path);
            }
        }
        package
    }
}

fn keep(target: &mut Option<String>, text: &str) {
    if target.is_none() && !text.is_empty() {
        *target = Some(text.to_owned());
    }
}

/// The path of the package document, as the container tells it.
pub(super) fn path(container: &[u8]) -> Option<String> {
    let mut path = None;
    each(container, |name, attribute, _| {
        if name == "rootfile" && path.is_none() {
            path = attribute("full-path");
        }
    });
    path
}

/// The files that are encrypted by other algorithms than these.
pub(super) fn encrypted(encryption: &[u8], harmless: &[&str]) -> HashSet<String> {
    let mut files = HashSet::new();
    let mut is_harmless = false;
    each(encryption, |name, attribute, _| match name {
        "EncryptionMethod" => {
            let algorithm = attribute("Algorithm").unwrap_or_default();
            is_harmless = harmless.contains(&algorithm.as_str());
        }
        "CipherReference" if !is_harmless => {
            files.extend(attribute("URI").map(|path| resolve("", &path)));
        }
        _ => {}
    });
    files
}

/// Calls `visit` for each element: its name, its attributes, and the text right behind its tag.
fn each(bytes: &[u8], mut visit: impl FnMut(&str, &dyn Fn(&str) -> Option<String>, &str)) {
    let text = decode(bytes, None).text;
    let mut reader = Reader::from_str(&text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_dangling_amp = true;
    let mut open: Option<(BytesStart<'_>, String)> = None;
    let mut give = |open: Option<(BytesStart<'_>, String)>| {
        let Some((tag, text)) = open else { return };
        let attribute = |name: &str| {
            let attribute = tag.try_get_attribute(name).ok().flatten()?;
            let value = quick_xml::escape::unescape(&attribute.value).ok()?;
            Some(value.into_owned())
        };
        visit(tag.local_name().as_ref(), &attribute, &on_one_line(&text));
    };
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => give(open.replace((tag, String::new()))),
            Ok(Event::Empty(tag)) => {
                give(open.take());
                give(Some((tag, String::new())));
            }
            Ok(Event::End(_)) => give(open.take()),
            Ok(Event::Text(text)) => {
                if let Some((_, open)) = &mut open {
                    open.push_str(&text);
                }
            }
            Ok(Event::GeneralRef(name)) => {
                let reference = format!("&{};", &*name);
                let text = quick_xml::escape::unescape(&reference).unwrap_or_default();
                if let Some((_, open)) = &mut open {
                    open.push_str(&text);
                }
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    give(open);
}

/// The path in the archive that a reference from `base` means.
fn resolve(base: &str, reference: &str) -> String {
    let reference = reference.split('#').next().unwrap_or_default();
    let reference = percent_decode_str(reference).decode_utf8_lossy().into_owned();
    let folder = base.rsplit_once('/').map(|(folder, _)| folder).unwrap_or_default();
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(reference.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
