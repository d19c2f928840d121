//! XMP: a packet of XML that programs put into pictures of any format.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::describe::{Description, set};

/// Reads the first packet.
pub(super) fn read(bytes: &[u8], description: &mut Description) {
    let Some(packet) = packet(bytes) else { return };
    let packet = String::from_utf8_lossy(packet);
    let mut reader = Reader::from_str(&packet);
    reader.config_mut().check_end_names = false;
    let mut field = String::new();
    let mut text = String::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                let name = tag.name().as_ref().to_owned();
                if is_field(&name) {
                    field = name;
                }
                text.clear();
            }
            Ok(Event::Text(part)) => text.push_str(&part),
            Ok(Event::GeneralRef(name)) => {
                let reference = format!("&{};", &*name);
                text.push_str(&quick_xml::escape::unescape(&reference).unwrap_or_default());
            }
            Ok(Event::End(tag)) => {
                take(&field, &text, description);
                text.clear();
                if is_field(tag.name().as_ref()) {
                    field.clear();
                }
            }
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

fn packet(bytes: &[u8]) -> Option<&[u8]> {
    let find = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).position(|at| at == what);
    let start = find(bytes, b"<x:xmpmeta")?;
    let rest = bytes.get(start..)?;
    rest.get(..find(rest, b"</x:xmpmeta>")?)
}

fn is_field(name: &str) -> bool {
    name.starts_with("dc:") || name.starts_with("photoshop:") || name.starts_with("Iptc4xmpCore:")
}

fn take(field: &str, text: &str, description: &mut Description) {
    if text.trim().is_empty() {
        return;
    }
    match field {
        "dc:title" | "photoshop:Headline" => set(&mut description.title, text),
        "dc:description" | "dc:subject" | "Iptc4xmpCore:AltTextAccessibility" => {
            description.text(text);
        }
        "dc:creator" => set(&mut description.author, text),
        "dc:rights" => set(&mut description.copyright, text),
        "photoshop:DateCreated" => set(&mut description.date, text),
        _ => {}
    }
}
