-- Documents that a whole listing of their part of a source did not have. They go with the next job
-- that may remove as many, or come back when they are told of.
ALTER TABLE documents ADD COLUMN absent BIGINT NOT NULL DEFAULT 0;
CREATE INDEX documents_absent ON documents (data_source_id) WHERE absent = 1;
