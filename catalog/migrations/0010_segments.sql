-- Runs of documents that are compared with a listing, and seen by a job, as one.
CREATE TABLE segments (
    id             BIGINT NOT NULL PRIMARY KEY,
    data_source_id TEXT   NOT NULL REFERENCES data_sources (id),
    -- Of what the source told of its documents; see segments.rs.
    digest         BLOB   NOT NULL,
    documents      BIGINT NOT NULL,
    -- Those with a sidecar file, and those that are left out.
    sidecars       BIGINT NOT NULL,
    skipped        BIGINT NOT NULL,
    -- The job that saw it last, and so each of its documents.
    last_job       TEXT   NOT NULL
);
CREATE UNIQUE INDEX segments_by_digest ON segments (data_source_id, digest);
CREATE INDEX segments_by_last_job ON segments (data_source_id, last_job);

-- The segment that a document belongs to. Its own last_job is out of date as long as it has one.
ALTER TABLE documents ADD COLUMN segment BIGINT;
CREATE INDEX documents_by_segment ON documents (segment) WHERE segment IS NOT NULL;
DROP INDEX documents_by_last_job;
CREATE INDEX documents_by_last_job ON documents (data_source_id, last_job) WHERE segment IS NULL;
