//! What is known about a picture, and how it is written.

use imagesize::ImageType;

use crate::writer::Writer;

/// Nothing that is said about a picture is longer.
const LONGEST: usize = 20_000;

/// What is known about a picture.
#[derive(Debug, Default)]
pub(super) struct Description {
    pub(super) format: Option<&'static str>,
    pub(super) size: Option<(usize, usize)>,
    pub(super) title: Option<String>,
    pub(super) author: Option<String>,
    pub(super) date: Option<String>,
    pub(super) camera: Option<String>,
    pub(super) copyright: Option<String>,
    /// Descriptions, comments and key words.
    pub(super) texts: Vec<String>,
}

impl Description {
    /// Whether something says what is shown.
    pub(super) fn has_words(&self) -> bool {
        self.title.is_some() || !self.texts.is_empty()
    }

    /// Takes a text over, unless it is said already.
    pub(super) fn text(&mut self, text: &str) {
        if let Some(text) = clean(text)
            && self.title.as_ref() != Some(&text)
            && !self.texts.contains(&text)
            && self.texts.len() < 50
        {
            self.texts.push(text);
        }
    }

    /// Writes it out.
    pub(super) fn write(self, writer: &mut Writer) {
        let properties = writer.properties();
        properties.title.clone_from(&self.title);
        properties.author.clone_from(&self.author);
        properties.date.clone_from(&self.date);
        writer.heading(1, self.title.as_deref().unwrap_or_default(), None);
        self.texts.iter().for_each(|text| writer.paragraph(text, None));
        let size = self.size.map(|(width, height)| format!("{width} × {height} pixels"));
        let format = match (self.format, size) {
            (Some(format), Some(size)) => Some(format!("{format}, {size}")),
            (format, size) => format.map(str::to_owned).or(size),
        };
        let facts = [
            ("Author", self.author),
            ("Date", self.date),
            ("Camera", self.camera),
            ("Copyright", self.copyright),
            ("Picture", format),
        ];
        for (name, value) in facts {
            if let Some(value) = value {
                writer.item(0, "-", &format!("{name}: {value}"), None);
            }
        }
    }
}

/// Sets what is not known yet.
pub(super) fn set<'a>(target: &mut Option<String>, value: impl Into<Option<&'a str>>) {
    if target.is_none() {
        *target = value.into().and_then(clean);
    }
}

/// A value without blanks and marks of its end around it; none where nothing is left, or where it
/// is what cameras and programs put there for want of words.
fn clean(value: &str) -> Option<String> {
    let value = value.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    let value: String =
        value.chars().filter(|c| !c.is_control() || *c == '\n').take(LONGEST).collect();
    let is_filler = ["OLYMPUS DIGITAL CAMERA", "SONY DSC", "default", "untitled"]
        .iter()
        .any(|filler| filler.eq_ignore_ascii_case(&value));
    (!value.is_empty() && !is_filler && value.chars().any(char::is_alphanumeric)).then_some(value)
}

/// The name of a format.
pub(super) fn format(kind: ImageType) -> &'static str {
    match kind {
        ImageType::Bmp => "BMP",
        ImageType::Gif => "GIF",
        ImageType::Heif(_) => "HEIF",
        ImageType::Ico => "ICO",
        ImageType::Jpeg => "JPEG",
        ImageType::Jxl => "JPEG XL",
        ImageType::Png => "PNG",
        ImageType::Psd => "PSD",
        ImageType::Tiff => "TIFF",
        ImageType::Webp => "WebP",
        _ => "picture",
    }
}
