-- What decides whether documents of a data source are duplicates; see likeness.rs.

CREATE TABLE likenesses (
    document_id    BLOB   NOT NULL PRIMARY KEY,
    data_source_id TEXT   NOT NULL REFERENCES data_sources (id),
    text_hash      BLOB   NOT NULL,
    words          BIGINT NOT NULL,
    -- A quarter of the simhash each. Two of which three bits differ have a quarter in common.
    -- None where only the same text makes a duplicate.
    band_0         BIGINT,
    band_1         BIGINT,
    band_2         BIGINT,
    band_3         BIGINT,
    -- Hashes of the lines, 8 bytes each, ascending.
    lines          BLOB   NOT NULL,
    -- The document that stands for this one; none where it stands for itself.
    original       BLOB,
    -- As what it counts in the statistics of a job, where that may still change.
    counted_job    TEXT,
    counted        TEXT
);
CREATE INDEX likenesses_by_text ON likenesses (data_source_id, text_hash, original);
CREATE INDEX likenesses_by_band_0 ON likenesses (data_source_id, band_0) WHERE original IS NULL;
CREATE INDEX likenesses_by_band_1 ON likenesses (data_source_id, band_1) WHERE original IS NULL;
CREATE INDEX likenesses_by_band_2 ON likenesses (data_source_id, band_2) WHERE original IS NULL;
CREATE INDEX likenesses_by_band_3 ON likenesses (data_source_id, band_3) WHERE original IS NULL;
CREATE INDEX likenesses_by_original ON likenesses (original) WHERE original IS NOT NULL;
