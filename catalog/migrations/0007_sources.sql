-- What came with sources that are more than a folder.

-- Changes with the attributes of a document, as change_key does with its bytes.
ALTER TABLE documents ADD COLUMN metadata_key TEXT;
-- Who may read it; JSON, none where its source has no say in that.
ALTER TABLE documents ADD COLUMN access TEXT;
-- What could not be ingested, for connectors that only tell what changed.
CREATE INDEX documents_unsettled ON documents (data_source_id, key) WHERE status = 'FAILED';

ALTER TABLE data_sources ADD COLUMN synchronisation TEXT NOT NULL
    DEFAULT '{"schedule":null,"deletion_protection":"Standard"}';

-- Secrets, by the name that their ARN ends with.
CREATE TABLE secrets (
    name       TEXT   NOT NULL PRIMARY KEY,
    version    BIGINT NOT NULL,
    -- Encrypted; see secrets.rs.
    sealed     BLOB   NOT NULL,
    updated_at BIGINT NOT NULL
);
