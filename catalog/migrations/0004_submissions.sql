-- What clients pushed and the worker has not done: at most one row for each document.

CREATE TABLE submissions (
    sequence          BIGINT NOT NULL PRIMARY KEY,
    knowledge_base_id TEXT   NOT NULL,
    data_source_id    TEXT   NOT NULL REFERENCES data_sources (id),
    document_id       BLOB   NOT NULL UNIQUE,
    key               TEXT   NOT NULL,
    location          TEXT   NOT NULL,
    -- INGEST, with content, media_type and metadata, or DELETE, without.
    kind              TEXT   NOT NULL,
    content           BLOB,
    media_type        TEXT,
    metadata          TEXT
);
CREATE INDEX submissions_by_data_source ON submissions (data_source_id);
