//! Documents of office programs: packages of XML parts, and what came before them.

pub(super) mod docx;
mod link;
mod math;
mod numeral;
mod package;
pub(super) mod pptx;
mod xml;
