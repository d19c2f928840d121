-- When a data source is to be synchronised by itself; none where it has no schedule.
ALTER TABLE data_sources ADD COLUMN next_sync_at BIGINT;
CREATE INDEX data_sources_to_sync ON data_sources (next_sync_at) WHERE next_sync_at IS NOT NULL;
