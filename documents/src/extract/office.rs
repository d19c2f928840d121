//! Documents of office programs: packages of XML parts, and what came before them.

pub(super) mod docx;
mod math;
mod numeral;
mod package;
mod xml;
