-- What language models do while documents of a data source are read, as JSON; nothing of those that
-- were there before.
ALTER TABLE data_sources ADD COLUMN reading TEXT NOT NULL
    DEFAULT '{"transcription":null,"situating":null}';
