//! Documents of office programs: packages of XML parts, and what came before them.

mod chart;
mod diagram;
pub(super) mod docx;
pub(super) mod flat;
mod link;
mod math;
pub(super) mod odf;
mod package;
pub(super) mod pptx;
mod sheet;
pub(super) mod xls;
pub(super) mod xlsx;
mod xml;
