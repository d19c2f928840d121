//! Which configuration the state of a data source belongs to: a state of another one is not
//! thrown away, for it tells what has to be removed, but everything is read anew.

use corpus::ConnectorError;
use serde::{Deserialize, Serialize};

use crate::events::Events;
use crate::memory::{Memory, remember};

/// The name under which it is remembered.
const META: &str = "meta";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Meta {
    /// The form of the state. Another form is as another configuration.
    schema: u32,
    /// A hash of the configuration.
    fingerprint: String,
    /// Grows when either changes.
    epoch: u64,
}

/// The epoch of this configuration: another one where it is not the one of last time. What was
/// read in another epoch is read from the beginning.
pub(crate) async fn current(
    memory: &Memory,
    events: &Events,
    schema: u32,
    fingerprint: &str,
) -> Result<u64, ConnectorError> {
    let known: Option<Meta> = memory.load(META).await?;
    if let Some(meta) = &known
        && meta.schema == schema
        && meta.fingerprint == fingerprint
    {
        return Ok(meta.epoch);
    }
    let epoch = known.map_or(1, |meta| meta.epoch + 1);
    let meta = Meta { schema, fingerprint: fingerprint.to_owned(), epoch };
    events.checkpoint(vec![remember(META.to_owned(), &meta)?]).await;
    Ok(epoch)
}
