//! The picture that a scanned page is, for those who recognise text. It is given as it is stored, at
//! its own resolution: in JPEG and JPEG 2000 as they are, faxes as TIFF, all else as a portable map.

mod samples;
mod tiff;

use super::content::Reader;
use super::ink;
use super::load;
use super::objects::Pdf;
use super::pages;
use crate::extracted::ExtractError;

/// The most bytes of a picture.
const MOST_BYTES: usize = 256 << 20;

/// What covers less of the page is not the page.
const LEAST_COVERED: f64 = 0.4;

/// A page's picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The file.
    pub bytes: Vec<u8>,
    /// What kind of file it is.
    pub format: PictureFormat,
    /// How many degrees clockwise it is to be turned to be seen as the page is shown: a multiple of
    /// 90.
    pub rotation: u16,
}

/// The kinds of file that pages' pictures are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureFormat {
    /// JPEG.
    Jpeg,
    /// JPEG 2000.
    Jpeg2000,
    /// TIFF with the compression of faxes.
    Tiff,
    /// A portable bit, grey or pixel map (`P4`, `P5`, `P6`).
    Pnm,
}

/// Why there is no picture of a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// The document cannot be read at all.
    #[error(transparent)]
    Document(#[from] ExtractError),
    /// It has fewer pages.
    #[error("there is no page {page}; the last is page {last}")]
    NoPage {
        /// Which was asked for.
        page: u32,
        /// How many there are.
        last: usize,
    },
    /// No single picture covers the page.
    #[error("no single picture covers page {page}")]
    NoPicture {
        /// Which was asked for.
        page: u32,
    },
    /// The picture is stored in a way that is not read.
    #[error("the picture of page {page} cannot be taken out: {reason}")]
    Unreadable {
        /// Which was asked for.
        page: u32,
        /// What is in the way.
        reason: String,
    },
}

/// The picture that covers a page, from 1, of a PDF.
pub fn picture_of_page(bytes: &[u8], page: u32) -> Result<Picture, PictureError> {
    let loaded = load::load(bytes)?;
    let pdf = Pdf::new(&loaded.document);
    let pages = pages::of(&pdf).pages;
    let index = usize::try_from(page).ok().and_then(|page| page.checked_sub(1));
    let found = index.and_then(|index| pages.get(index).copied());
    let found = found.ok_or(PictureError::NoPage { page, last: pages.len() })?;
    let sheet = Reader::new(&pdf).sheet(found);
    let covers = |picture: &ink::Picture| picture.covers(found.frame.width, found.frame.height);
    let largest = sheet.ink.pictures.iter().max_by(|a, b| covers(a).total_cmp(&covers(b)));
    let largest = largest.filter(|picture| covers(picture) >= LEAST_COVERED);
    let stream = largest.and_then(|picture| pdf.stream(picture.object?));
    let stream = stream.ok_or(PictureError::NoPicture { page })?;
    let unreadable = |reason: &str| PictureError::Unreadable { page, reason: reason.to_owned() };
    let broken = || unreadable("its data are damaged or too large");
    let last = pdf.filters(stream).last().copied().unwrap_or_default();
    let (bytes, format) = match last {
        b"DCTDecode" => (pdf.decode_to_last(stream, MOST_BYTES), PictureFormat::Jpeg),
        b"JPXDecode" => (pdf.decode_to_last(stream, MOST_BYTES), PictureFormat::Jpeg2000),
        b"CCITTFaxDecode" => {
            let data = pdf.decode_to_last(stream, MOST_BYTES).ok_or_else(broken)?;
            (tiff::wrap(&pdf, stream, &data), PictureFormat::Tiff)
        }
        b"JBIG2Decode" => return Err(unreadable("its compression is JBIG2")),
        _ => {
            let data = pdf.decode(stream, MOST_BYTES).ok_or_else(broken)?;
            let map = samples::map(&pdf, &stream.dict, &data);
            let map = map.ok_or_else(|| unreadable("its colours are not understood"))?;
            (Some(map), PictureFormat::Pnm)
        }
    };
    Ok(Picture { bytes: bytes.ok_or_else(broken)?, format, rotation: found.frame.rotation })
}
