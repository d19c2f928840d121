-- What attributes do to chunks, jobs that may delete, and content that stays in S3.

-- How a document's attributes shaped its chunks and vectors: a hash, none where they did not.
ALTER TABLE documents ADD COLUMN recipe TEXT;

-- Whether whoever started the job has agreed to what it removes.
ALTER TABLE ingestion_jobs ADD COLUMN accepts_deletions BIGINT NOT NULL DEFAULT 0;
-- Documents that were live before it began; none until somebody asks.
ALTER TABLE ingestion_jobs ADD COLUMN documents_before BIGINT;

-- Objects in S3 that a pushed document names in place of its content and its attributes: JSON.
ALTER TABLE submissions ADD COLUMN object TEXT;
ALTER TABLE submissions ADD COLUMN metadata_object TEXT;

-- Documents without a settled state count as unsettled too: they were interrupted.
DROP INDEX documents_unsettled;
CREATE INDEX documents_unsettled ON documents (data_source_id, key)
    WHERE status IN ('FAILED', 'PENDING', 'IN_PROGRESS');
