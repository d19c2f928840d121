//! The handle to the catalog.

use std::path::Path;
use std::sync::Arc;

use corpus::Clock;

use crate::error::Result;

/// The catalog; cheap to clone, all clones are one.
#[derive(Clone, Debug)]
pub struct Catalog {}

impl Catalog {
    /// Opens the file, making and migrating it where that is needed.
    pub async fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        todo!()
    }

    /// A cheap question that only a catalog in good order answers.
    pub async fn ping(&self) -> Result<()> {
        todo!()
    }

    /// Returns when work may have arrived since it last returned, and now and then without, so
    /// that leases that ran out are noticed.
    pub async fn work(&self) {
        todo!()
    }
}
