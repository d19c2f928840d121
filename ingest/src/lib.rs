//! Ingestion: bytes → text → chunks → vectors → index, and the jobs that drive it.

mod chunk;
mod extract;

pub use chunk::chunk;
pub use extract::{
    ExtractError, Extracted, Hint, Kind, Landmark, Mark, Severity, Warning, extract,
};
