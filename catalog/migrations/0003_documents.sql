-- Documents, and the revisions whose chunks are to be removed.

CREATE TABLE documents (
    -- Made of data source and key (`corpus::DocumentId`), so that it is also how a key is found.
    id                BLOB   NOT NULL PRIMARY KEY,
    sequence          BIGINT NOT NULL,
    knowledge_base_id TEXT   NOT NULL,
    data_source_id    TEXT   NOT NULL REFERENCES data_sources (id),
    key               TEXT   NOT NULL,
    location          TEXT   NOT NULL,
    status            TEXT   NOT NULL,
    status_reason     TEXT,
    -- What the document is if its source is as change_key and content_hash say.
    settled_status    TEXT,
    settled_reason    TEXT,
    live_revision     BIGINT,
    last_revision     BIGINT NOT NULL,
    chunk_count       BIGINT NOT NULL,
    content_hash      BLOB,
    change_key        TEXT,
    metadata          TEXT   NOT NULL,
    sidecar           BIGINT NOT NULL,
    -- The job that saw it last; empty if none did.
    last_job          TEXT   NOT NULL,
    -- Submissions with a smaller number have no effect: the document was removed since.
    first_submission  BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL
);
CREATE UNIQUE INDEX documents_by_sequence ON documents (data_source_id, sequence);
CREATE INDEX documents_by_last_job ON documents (data_source_id, last_job);

-- Documents that a job which is not over removed: should they come back, it has counted them.
CREATE TABLE job_removals (
    ingestion_job_id TEXT NOT NULL REFERENCES ingestion_jobs (id),
    document_id      BLOB NOT NULL,
    PRIMARY KEY (ingestion_job_id, document_id)
);

-- Revisions that are not live and may have chunks in the index.
CREATE TABLE garbage (
    document_id       BLOB   NOT NULL,
    revision          BIGINT NOT NULL,
    knowledge_base_id TEXT   NOT NULL,
    data_source_id    TEXT   NOT NULL REFERENCES data_sources (id),
    -- Who is writing it; none where it was replaced or given up.
    owner             TEXT,
    PRIMARY KEY (document_id, revision)
);
CREATE INDEX garbage_by_data_source ON garbage (data_source_id);
