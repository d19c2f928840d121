//! Time as an argument, so that tests decide what it is.

use std::fmt::Debug;

use time::OffsetDateTime;

/// Tells the time of day, in UTC.
pub trait Clock: Send + Sync + Debug {
    /// The present moment.
    fn now(&self) -> OffsetDateTime;
}
