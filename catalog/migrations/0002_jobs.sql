-- Ingestion jobs: a queue.

CREATE TABLE ingestion_jobs (
    id                          TEXT   NOT NULL PRIMARY KEY,
    sequence                    BIGINT NOT NULL,
    knowledge_base_id           TEXT   NOT NULL,
    data_source_id              TEXT   NOT NULL REFERENCES data_sources (id),
    description                 TEXT,
    status                      TEXT   NOT NULL,
    documents_listed            BIGINT,
    documents_scanned           BIGINT NOT NULL,
    metadata_documents_scanned  BIGINT NOT NULL,
    new_documents_indexed       BIGINT NOT NULL,
    modified_documents_indexed  BIGINT NOT NULL,
    metadata_documents_modified BIGINT NOT NULL,
    documents_deleted           BIGINT NOT NULL,
    documents_failed            BIGINT NOT NULL,
    documents_skipped           BIGINT NOT NULL,
    chunks_indexed              BIGINT NOT NULL,
    failure_reasons             TEXT   NOT NULL,
    lease_owner                 TEXT,
    lease_until                 BIGINT,
    started_at                  BIGINT NOT NULL,
    updated_at                  BIGINT NOT NULL
);
CREATE UNIQUE INDEX ingestion_jobs_by_sequence ON ingestion_jobs (data_source_id, sequence);

-- At most one job of a data source is not over.
CREATE UNIQUE INDEX ingestion_jobs_running ON ingestion_jobs (data_source_id)
    WHERE status IN ('STARTING', 'IN_PROGRESS', 'STOPPING');

-- What a worker looks through for something to do.
CREATE INDEX ingestion_jobs_to_claim ON ingestion_jobs (sequence)
    WHERE status IN ('STARTING', 'IN_PROGRESS', 'STOPPING');
