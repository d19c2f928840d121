//! Documents: bytes → text with its structure and its places in the source → chunks.
//!
//! Everything here is a pure function of its input: no I/O, no clock, no other crate's state. A
//! document that cannot be read is data, not a failure of the program.

mod archive;
mod chunk;
mod extract;
mod extracted;
mod pages;
mod picture;
mod recognised;
mod scans;
mod words;
mod writer;

pub use chunk::{Measure, Sentences, chunk};
pub use extract::{Hint, extract};
pub use extracted::{
    Block, BlockKind, ExtractError, Extracted, Kind, Landmark, Mark, Origin, Properties, Severity,
    Warning,
};
pub use pages::{
    BLANK_PAGE, Page, PageReading, Pictured, from_pages, page_list, page_text, pictured, pixels,
};
pub use picture::{Picture, page_count, picture};
pub use recognised::RecognisedPage;
