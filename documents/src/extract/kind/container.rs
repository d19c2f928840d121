//! What a container holds: a zip archive by its main part, a compound file by its streams.

use super::{Claim, Verdict};
use crate::archive::Archive;
use crate::extract::compound::Compound;
use crate::extract::little::{short, utf16};
use crate::extracted::Kind;

/// So much of a part is read to tell what the archive is.
const PROBE: u64 = 1 << 20;

/// Media types of main parts within `[Content_Types].xml`.
const MAIN_PARTS: [(&str, Kind); 13] = [
    ("wordprocessingml.document.main+xml", Kind::Docx),
    ("wordprocessingml.template.main+xml", Kind::Docx),
    ("ms-word.document.macroEnabled.main+xml", Kind::Docx),
    ("ms-word.template.macroEnabledTemplate.main+xml", Kind::Docx),
    ("presentationml.presentation.main+xml", Kind::Pptx),
    ("presentationml.slideshow.main+xml", Kind::Pptx),
    ("presentationml.template.main+xml", Kind::Pptx),
    ("ms-powerpoint.presentation.macroEnabled.main+xml", Kind::Pptx),
    ("ms-powerpoint.slideshow.macroEnabled.main+xml", Kind::Pptx),
    ("spreadsheetml.sheet.main+xml", Kind::Xlsx),
    ("spreadsheetml.template.main+xml", Kind::Xlsx),
    ("ms-excel.sheet.macroEnabled.main+xml", Kind::Xlsx),
    ("ms-excel.sheet.binary.macroEnabled.main", Kind::Xlsx),
];

/// Entries that tell what an archive is: by them where it has lost its list of parts, and to name
/// what is not read.
const ENTRIES: [(&str, Kind); 4] = [
    ("word/document.xml", Kind::Docx),
    ("ppt/presentation.xml", Kind::Pptx),
    ("xl/workbook.xml", Kind::Xlsx),
    ("xl/workbook.bin", Kind::Xlsx),
];

const OTHERS: [(&str, &str); 7] = [
    ("visio/document.xml", "Visio drawings (.vsdx)"),
    ("FixedDocSeq.fdseq", "XPS documents"),
    ("FixedDocumentSequence.fdseq", "XPS documents"),
    ("Index/Document.iwa", "iWork documents (Pages, Numbers, Keynote)"),
    ("AndroidManifest.xml", "Android apps"),
    ("META-INF/MANIFEST.MF", "Java archives"),
    ("doc.kml", "maps (.kmz)"),
];

pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Judges a zip archive.
pub(super) fn zip(bytes: &[u8], claim: &Claim) -> Verdict {
    use Kind::{Docx, Epub, Odp, Ods, Odt, Pptx, Xlsx};
    let Ok(mut archive) = Archive::open(bytes) else {
        return match claim {
            // Its parser says what is wrong with it.
            Claim::Kind(kind @ (Docx | Pptx | Xlsx | Odt | Ods | Odp | Epub)) => Verdict::Is(*kind),
            _ => Verdict::Unsupported("zip archives".to_owned()),
        };
    };
    let mut part = |name| {
        let bytes = archive.read(name, PROBE).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let media_type = part("mimetype");
    if let Some(verdict) = by_media_type(media_type.trim()) {
        return verdict;
    }
    let types = part("[Content_Types].xml");
    if let Some((_, kind)) = MAIN_PARTS.iter().find(|(main, _)| types.contains(main)) {
        return Verdict::Is(*kind);
    }
    let manifest = part("META-INF/manifest.xml");
    let root = manifest.find("application/vnd.oasis.opendocument.").and_then(|start| {
        let media_type = manifest.get(start..)?;
        media_type.split(['"', '\'']).next()
    });
    if let Some(verdict) = root.and_then(by_media_type) {
        return verdict;
    }
    if let Some((_, kind)) = ENTRIES.iter().find(|(name, _)| archive.contains(name)) {
        return Verdict::Is(*kind);
    }
    if archive.contains("META-INF/container.xml") {
        return Verdict::Is(Epub);
    }
    let other = OTHERS.iter().find(|(name, _)| archive.contains(name));
    Verdict::Unsupported(other.map_or("zip archives", |(_, what)| what).to_owned())
}

/// What the entry `mimetype` of an archive says.
fn by_media_type(media_type: &str) -> Option<Verdict> {
    if media_type == "application/epub+zip" {
        return Some(Verdict::Is(Kind::Epub));
    }
    let rest = media_type.strip_prefix("application/vnd.oasis.opendocument.")?;
    Some(match rest.split('-').next()? {
        "text" => Verdict::Is(Kind::Odt),
        "spreadsheet" => Verdict::Is(Kind::Ods),
        "presentation" => Verdict::Is(Kind::Odp),
        other => Verdict::Unsupported(format!("OpenDocument files of the kind {other}")),
    })
}

/// Judges a compound file: Office before 2007, Outlook, or what encrypts the newer formats.
pub(super) fn compound(bytes: &[u8], claim: &Claim) -> Verdict {
    let names = Compound::of(bytes).map(|file| file.names("/"));
    let names = names.filter(|names| !names.is_empty()).unwrap_or_else(|| names_in(bytes));
    let has = |name: &str| names.iter().any(|found| found.eq_ignore_ascii_case(name));
    if has("EncryptedPackage") {
        return Verdict::Locked(match claim {
            Claim::Kind(kind @ (Kind::Pptx | Kind::Xlsx)) => *kind,
            Claim::Kind(Kind::Xls) => Kind::Xlsx,
            _ => Kind::Docx,
        });
    }
    if has("WordDocument") {
        return Verdict::Is(Kind::Doc);
    }
    if has("Workbook") || has("Book") {
        return Verdict::Is(Kind::Xls);
    }
    if has("__properties_version1.0") {
        return Verdict::Is(Kind::Msg);
    }
    Verdict::Unsupported(if has("PowerPoint Document") {
        "PowerPoint 97 presentations (.ppt)".to_owned()
    } else if has("VisioDocument") {
        "Visio drawings (.vsd)".to_owned()
    } else {
        match claim {
            Claim::Other(what) => what.clone(),
            _ => "compound files of an unknown kind".to_owned(),
        }
    })
}

/// The names of a compound file's entries where its directory cannot be walked: entries have 128
/// bytes, begin with a name in UTF-16, and say how long it is.
fn names_in(bytes: &[u8]) -> Vec<String> {
    let name = |entry: &[u8]| {
        let length = usize::from(short(entry, 64)?);
        let is_entry = (4..=64).contains(&length) && matches!(entry.get(66), Some(1 | 2));
        let name = entry.get(..length.checked_sub(2)?)?;
        is_entry.then(|| utf16(name))
    };
    bytes.chunks_exact(128).filter_map(name).collect()
}
