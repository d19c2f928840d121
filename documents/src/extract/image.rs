//! Pictures: what is written about them within the file (EXIF, XMP, PNG's texts). What they show is
//! for character recognition.

mod describe;
mod exif;
mod png;
mod xmp;

use crate::extracted::{ExtractError, Extracted, Kind};
use crate::writer::Writer;
use describe::Description;

/// Descriptions stand in the first bytes of a file, before or between those of the picture.
const MOST_SEARCHED: usize = 32 << 20;

/// Reads what is written about a picture.
pub(super) fn extract(bytes: &[u8]) -> Result<Extracted, ExtractError> {
    let searched = bytes.get(..MOST_SEARCHED).unwrap_or(bytes);
    let mut description = Description::default();
    exif::read(searched, &mut description);
    png::read(searched, &mut description);
    xmp::read(searched, &mut description);
    if !description.has_words() {
        return Err(ExtractError::no_text(
            Kind::Image,
            "nothing is written about it in the file, and character recognition is off; \
             the setting `ingest.ocr` turns it on",
        ));
    }
    description.format = imagesize::image_type(bytes).ok().map(describe::format);
    description.size = imagesize::blob_size(bytes).ok().map(|size| (size.width, size.height));
    let mut writer = Writer::new(Kind::Image);
    description.write(&mut writer);
    Ok(writer.finish())
}

#[cfg(test)]
mod tests;
