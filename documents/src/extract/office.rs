//! Documents of office programs: packages of XML parts, and what came before them.

pub(super) mod docx;
mod link;
mod math;
mod numeral;
pub(super) mod odf;
mod package;
pub(super) mod pptx;
mod sheet;
pub(super) mod xls;
pub(super) mod xlsx;
mod xml;
