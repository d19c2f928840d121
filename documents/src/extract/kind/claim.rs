//! What a file is said to be, by its media type and by the ending of its name.

use crate::extract::{Hint, code};
use crate::extracted::Kind;

/// What a file is said to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Claim {
    /// A kind that is read.
    Kind(Kind),
    /// One that is not: its name in the plural.
    Other(String),
    /// No telling.
    Nothing,
}

/// What the media type says, or the name where the media type says little.
pub(super) fn of(hint: Hint<'_>) -> Claim {
    let media_type = hint.media_type.unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if let Some(kind) = by_media_type(&media_type) {
        return Claim::Kind(kind);
    }
    match (media_type.as_str(), by_name(hint.name)) {
        // These say little: many servers send them for everything that they do not know.
        ("" | "application/octet-stream" | "binary/octet-stream", claim) => claim,
        ("text/plain", Claim::Kind(kind)) if is_text(kind) => Claim::Kind(kind),
        ("text/plain", _) => Claim::Kind(Kind::Text),
        (_, Claim::Nothing) => Claim::Other(format!("files of the type {media_type}")),
        (_, claim) => claim,
    }
}

/// The kinds that are texts of their own sort.
fn is_text(kind: Kind) -> bool {
    use Kind::{Code, Csv, Html, Json, JsonLines, Mail, Markdown, Rtf, Xml};
    matches!(kind, Code | Markdown | Html | Csv | Json | JsonLines | Xml | Mail | Rtf)
}

fn by_media_type(media_type: &str) -> Option<Kind> {
    let office = "application/vnd.openxmlformats-officedocument.";
    let open = "application/vnd.oasis.opendocument.";
    if let Some(rest) = media_type.strip_prefix(office) {
        return Some(match rest.split('.').next()? {
            "wordprocessingml" => Kind::Docx,
            "presentationml" => Kind::Pptx,
            "spreadsheetml" => Kind::Xlsx,
            _ => return None,
        });
    }
    if let Some(rest) = media_type.strip_prefix(open) {
        return Some(match rest.split('-').next()? {
            "text" => Kind::Odt,
            "spreadsheet" => Kind::Ods,
            "presentation" => Kind::Odp,
            _ => return None,
        });
    }
    Some(match media_type {
        "application/pdf" | "application/x-pdf" => Kind::Pdf,
        "text/html" | "application/xhtml+xml" => Kind::Html,
        "text/markdown" | "text/x-markdown" => Kind::Markdown,
        "application/msword" => Kind::Doc,
        "application/vnd.ms-word.document.macroenabled.12"
        | "application/vnd.ms-word.template.macroenabled.12" => Kind::Docx,
        "application/vnd.ms-powerpoint.presentation.macroenabled.12"
        | "application/vnd.ms-powerpoint.slideshow.macroenabled.12"
        | "application/vnd.ms-powerpoint.template.macroenabled.12" => Kind::Pptx,
        "application/vnd.ms-excel" | "application/msexcel" | "application/x-msexcel" => Kind::Xls,
        "application/vnd.ms-excel.sheet.macroenabled.12"
        | "application/vnd.ms-excel.template.macroenabled.12"
        | "application/vnd.ms-excel.sheet.binary.macroenabled.12" => Kind::Xlsx,
        "application/rtf" | "application/x-rtf" | "text/rtf" => Kind::Rtf,
        "application/epub+zip" => Kind::Epub,
        "message/rfc822"
        | "application/x-mimearchive"
        | "multipart/related"
        | "application/mbox" => Kind::Mail,
        "application/vnd.ms-outlook" => Kind::Msg,
        "text/csv" | "application/csv" | "text/tab-separated-values" => Kind::Csv,
        "application/json" | "text/json" => Kind::Json,
        "application/x-ndjson"
        | "application/ndjson"
        | "application/jsonl"
        | "application/x-jsonlines"
        | "application/jsonlines"
        | "text/jsonl" => Kind::JsonLines,
        "application/xml" | "text/xml" => Kind::Xml,
        "image/png" | "image/jpeg" | "image/jpg" | "image/gif" | "image/webp" | "image/tiff"
        | "image/bmp" | "image/x-ms-bmp" => Kind::Image,
        "image/svg+xml" => return None,
        other if other.ends_with("+json") => Kind::Json,
        other if other.ends_with("+xml") => Kind::Xml,
        _ => return None,
    })
}

/// What the ending of a name says.
pub(super) fn by_name(name: &str) -> Claim {
    let Some(extension) = extension(name) else { return Claim::Nothing };
    Claim::Kind(match extension.as_str() {
        "txt" | "text" | "log" => Kind::Text,
        "md" | "markdown" | "mdown" | "mkd" => Kind::Markdown,
        "html" | "htm" | "xhtml" | "xht" => Kind::Html,
        "pdf" => Kind::Pdf,
        "docx" | "docm" | "dotx" | "dotm" => Kind::Docx,
        "pptx" | "pptm" | "ppsx" | "ppsm" | "potx" | "potm" => Kind::Pptx,
        "xlsx" | "xlsm" | "xltx" | "xltm" | "xlsb" => Kind::Xlsx,
        "doc" | "dot" => Kind::Doc,
        "xls" | "xlt" => Kind::Xls,
        "odt" | "ott" => Kind::Odt,
        "ods" | "ots" => Kind::Ods,
        "odp" | "otp" => Kind::Odp,
        "rtf" => Kind::Rtf,
        "epub" => Kind::Epub,
        "eml" | "mht" | "mhtml" | "mbox" | "mbx" => Kind::Mail,
        "msg" => Kind::Msg,
        "csv" | "tsv" => Kind::Csv,
        "json" => Kind::Json,
        "jsonl" | "ndjson" => Kind::JsonLines,
        "xml" | "nxml" | "rss" | "atom" | "dita" | "ditamap" | "dbk" => Kind::Xml,
        "png" | "jpg" | "jpeg" | "gif" | "webp" | "tif" | "tiff" | "bmp" => Kind::Image,
        other if code::language(other).is_some() => Kind::Code,
        "yaml" | "yml" => return Claim::Other(format!("data files (.{extension})")),
        "ppt" | "pps" | "odg" | "vsd" | "vsdx" | "pages" | "numbers" | "key" => {
            return Claim::Other(format!("office documents (.{extension})"));
        }
        _ => return Claim::Other(format!("files ending in .{extension}")),
    })
}

/// The ending of a name, in lower case: a dot, then up to ten letters and digits, not all digits
/// (`minutes of 3.10` has none).
pub(super) fn extension(name: &str) -> Option<String> {
    let name = name.split(['?', '#']).next().unwrap_or_default();
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let (stem, ending) = file.rsplit_once('.')?;
    let well_formed = (1..=10).contains(&ending.len())
        && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && !ending.bytes().all(|byte| byte.is_ascii_digit());
    (well_formed && !stem.is_empty()).then(|| ending.to_ascii_lowercase())
}
