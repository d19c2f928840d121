-- What language models do while documents of a data source are read, as JSON; nothing of those that
-- were there before.
ALTER TABLE data_sources ADD COLUMN reading TEXT NOT NULL
    DEFAULT '{"transcription":null,"situating":null}';

-- What a job asked of language models: calls that were answered, and tokens.
ALTER TABLE ingestion_jobs ADD COLUMN model_calls BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ingestion_jobs ADD COLUMN model_input_tokens BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ingestion_jobs ADD COLUMN model_output_tokens BIGINT NOT NULL DEFAULT 0;
