//! The names by which enumerations are kept. They are in files on disk and in the statements:
//! add, never change.

use corpus::{
    DataDeletionPolicy, DataSourceStatus, DocumentStatus, IngestionJobStatus, KnowledgeBaseStatus,
};

/// An enumeration that is kept by name.
pub(crate) trait Named: Copy + 'static {
    /// All its values.
    const ALL: &'static [Self];

    /// The name of a value.
    fn name(self) -> &'static str;

    /// The value of a name.
    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.name() == name)
    }
}

impl Named for KnowledgeBaseStatus {
    const ALL: &'static [Self] = &[Self::Active, Self::Deleting, Self::DeleteUnsuccessful];

    fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Deleting => "DELETING",
            Self::DeleteUnsuccessful => "DELETE_UNSUCCESSFUL",
        }
    }
}

impl Named for DataSourceStatus {
    const ALL: &'static [Self] = &[Self::Available, Self::Deleting, Self::DeleteUnsuccessful];

    fn name(self) -> &'static str {
        match self {
            Self::Available => "AVAILABLE",
            Self::Deleting => "DELETING",
            Self::DeleteUnsuccessful => "DELETE_UNSUCCESSFUL",
        }
    }
}

impl Named for DataDeletionPolicy {
    const ALL: &'static [Self] = &[Self::Delete, Self::Retain];

    fn name(self) -> &'static str {
        match self {
            Self::Delete => "DELETE",
            Self::Retain => "RETAIN",
        }
    }
}

impl Named for IngestionJobStatus {
    const ALL: &'static [Self] = &[
        Self::Starting,
        Self::InProgress,
        Self::Complete,
        Self::Failed,
        Self::Stopping,
        Self::Stopped,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Starting => "STARTING",
            Self::InProgress => "IN_PROGRESS",
            Self::Complete => "COMPLETE",
            Self::Failed => "FAILED",
            Self::Stopping => "STOPPING",
            Self::Stopped => "STOPPED",
        }
    }
}

impl Named for DocumentStatus {
    const ALL: &'static [Self] = &[
        Self::Pending,
        Self::InProgress,
        Self::Indexed,
        Self::PartiallyIndexed,
        Self::Failed,
        Self::Ignored,
        Self::Deleting,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::InProgress => "IN_PROGRESS",
            Self::Indexed => "INDEXED",
            Self::PartiallyIndexed => "PARTIALLY_INDEXED",
            Self::Failed => "FAILED",
            Self::Ignored => "IGNORED",
            Self::Deleting => "DELETING",
        }
    }
}
