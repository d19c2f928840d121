//! E-books: web pages in an archive, in the order that the package document gives.

mod package;

use std::collections::HashSet;

use corpus::SourcePlace;

use super::html;
use crate::archive::{Archive, ArchiveError};
use crate::extracted::{ExtractError, Extracted, Kind, Landmark, Origin, Warning};
use crate::writer::Writer;
use package::Package;

/// No chapter is larger.
const MOST_CHAPTER: u64 = 32 << 20;

/// The files that describe the book are no larger.
const MOST_PACKAGE: u64 = 8 << 20;

/// Algorithms that only make fonts unreadable to other programs; they lock nothing.
const FONT_ALGORITHMS: [&str; 2] =
    ["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"];

/// Reads an e-book.
pub(super) fn extract(bytes: &[u8]) -> Result<Extracted, ExtractError> {
    let refuse = |error: ArchiveError| error.of(Kind::Epub);
    let mut archive = Archive::open(bytes).map_err(refuse)?;
    let locked = locked(&mut archive);
    let container = archive.read("META-INF/container.xml", MOST_PACKAGE).unwrap_or_default();
    let path = package::path(&container)
        .or_else(|| {
            archive.names().find(|name| name.to_lowercase().ends_with(".opf")).map(str::to_owned)
        })
        .ok_or_else(|| ExtractError::damaged(Kind::Epub, "it has no package document"))?;
    let package = Package::of(&archive.read(&path, MOST_PACKAGE).map_err(refuse)?, &path);
    let mut writer = Writer::new(Kind::Epub);
    let (mut missing, mut unread) = (0, 0);
    for chapter in &package.chapters {
        if locked.contains(chapter) {
            unread += 1;
            continue;
        }
        match archive.read(chapter, MOST_CHAPTER) {
            Ok(page) => writer.append(chapter_of(&page, chapter), 0),
            Err(ArchiveError::Locked) => unread += 1,
            Err(_) => missing += 1,
        }
        if writer.is_full() {
            break;
        }
    }
    if unread > 0 && unread == package.chapters.len() {
        return Err(ExtractError::Locked { kind: Kind::Epub });
    }
    if unread > 0 {
        writer.warn(Warning::loss(format!("{unread} chapters are locked and were left out")));
    }
    if missing > 0 {
        writer.warn(Warning::loss(format!("{missing} chapters are missing or damaged")));
    }
    if archive.is_cut() {
        writer
            .warn(Warning::loss("the book is damaged or very large; what could be read is there"));
    }
    *writer.properties() = package.properties;
    Ok(writer.finish())
}

/// The files that are encrypted, but for fonts.
fn locked(archive: &mut Archive<'_>) -> HashSet<String> {
    let encryption = archive.read("META-INF/encryption.xml", MOST_PACKAGE).unwrap_or_default();
    package::encrypted(&encryption, &FONT_ALGORITHMS)
}

/// A chapter's text; its places are told with the chapter's path.
fn chapter_of(page: &[u8], path: &str) -> Extracted {
    let mut extracted = html::extract_whole(page, None);
    extracted.origins.retain_mut(|origin| match &mut origin.source {
        SourcePlace::Elements { part, .. } => {
            *part = Some(path.to_owned());
            true
        }
        _ => false,
    });
    if extracted.origins.is_empty() && !extracted.text.is_empty() {
        let source = SourcePlace::element(Some(path.to_owned()), "body".to_owned());
        extracted.origins.push(Origin { range: 0..extracted.text.trim_end().len(), source });
    }
    // Pages are those of a printed book, if any; a chapter's own count says nothing.
    extracted.marks.retain(|mark| !matches!(mark.landmark, Landmark::Page(_)));
    extracted
}

#[cfg(test)]
mod tests;
