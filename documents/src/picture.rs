//! Pages of a PDF as pictures: for those who read them otherwise than by the text in the file,
//! as character recognition and models that see do. Drawn by hayro.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use serde::{Deserialize, Serialize};

use crate::extracted::{ExtractError, Kind};

/// The longest side of a picture, in pixels: pages larger than that are drawn smaller.
const LONGEST_SIDE: f32 = 4_000.0;

/// Points of an inch.
const POINTS: f32 = 72.0;

/// A page as a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// The picture, as PNG.
    pub png: Vec<u8>,
    /// Pixels of a point: what places on the picture are divided by.
    pub scale: f32,
    /// The width and the height of the page as it is shown, in points.
    pub size: (f32, f32),
}

/// How many pages a PDF has that can be drawn.
pub fn page_count(bytes: &[u8]) -> Result<u32, ExtractError> {
    let pdf = load(bytes)?;
    Ok(u32::try_from(pdf.pages().len()).unwrap_or(u32::MAX))
}

/// Draws a page, from 1, at so many dots per inch, on white.
pub fn picture(bytes: &[u8], page: u32, dpi: u16) -> Result<Picture, ExtractError> {
    let pdf = load(bytes)?;
    let index = (page as usize).checked_sub(1);
    let page = index
        .and_then(|index| pdf.pages().get(index))
        .ok_or_else(|| damaged(format!("there is no page {page}")))?;
    let (width, height) = page.render_dimensions();
    let longest = width.max(height);
    if !(width >= 1.0 && height >= 1.0 && longest.is_finite()) {
        return Err(damaged("the page has no size"));
    }
    let scale = (f32::from(dpi) / POINTS).min(LONGEST_SIDE / longest);
    let settings = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    let pixmap = render(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &RenderSettings::default(),
        &settings,
    );
    let png = pixmap.into_png().map_err(|error| damaged(error.to_string()))?;
    Ok(Picture { png, scale, size: (width, height) })
}

fn load(bytes: &[u8]) -> Result<Pdf, ExtractError> {
    Pdf::new(bytes.to_vec())
        .map_err(|error| damaged(format!("its pages cannot be drawn ({error:?})")))
}

fn damaged(reason: impl Into<String>) -> ExtractError {
    ExtractError::damaged(Kind::Pdf, reason)
}
