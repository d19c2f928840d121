//! Begins revisions.

use corpus::{DocumentKey, Revision, SourceLocation};

use crate::document::{Fault, Run};
use crate::grouped::Asker;

/// Asks for a new revision of a document.
pub(crate) type Beginner = Asker<(DocumentKey, SourceLocation), Revision>;

/// A new revision for each of these documents.
pub(crate) async fn begin(
    run: &Run,
    documents: &[(DocumentKey, SourceLocation)],
) -> Result<Vec<Revision>, Fault> {
    let (knowledge_base, data_source) = (run.knowledge_base, run.data_source);
    run.ask(|| run.catalog.begin_revisions(&run.owner, knowledge_base, data_source, documents))
        .await
}
