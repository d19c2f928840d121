//! Objects of other programs within a file of streams: what they are called, or what they are.

use encoding_rs::WINDOWS_1252;

use super::Compound;

/// So many objects are named.
const MOST_OBJECTS: usize = 100;

/// Streams by which an object is told.
const KINDS: [(&str, &str); 5] = [
    ("WordDocument", "Word document"),
    ("Workbook", "Excel workbook"),
    ("Book", "Excel workbook"),
    ("PowerPoint Document", "PowerPoint presentation"),
    ("Package", "office document"),
];

/// The names of the objects in a storage whose own names begin so.
pub(in crate::extract) fn objects(
    compound: &mut Compound<'_>,
    storage: &str,
    prefix: &str,
) -> Vec<String> {
    let names = compound.names(storage);
    let objects = names.into_iter().filter(|name| name.starts_with(prefix)).take(MOST_OBJECTS);
    let objects: Vec<String> = objects.collect();
    objects.iter().filter_map(|object| name(compound, &format!("{storage}/{object}"))).collect()
}

/// The name of the file that an object is; else what it is, where that can be told.
fn name(compound: &mut Compound<'_>, object: &str) -> Option<String> {
    let streams = compound.names(object);
    if streams.iter().any(|stream| stream == "\u{1}Ole10Native") {
        let bytes = compound.read(&format!("{object}/\u{1}Ole10Native"))?;
        // A size and a mark, then the name, which ends with a zero.
        let label = bytes.get(6..)?.split(|byte| *byte == 0).next()?;
        let label = WINDOWS_1252.decode_without_bom_handling(label).0;
        let is_name = !label.trim().is_empty() && !label.chars().any(char::is_control);
        return Some(if is_name { label.into_owned() } else { "embedded file".to_owned() });
    }
    let kind = KINDS.iter().find(|(stream, _)| streams.iter().any(|name| name == stream));
    kind.map(|(_, what)| format!("embedded {what}"))
}
