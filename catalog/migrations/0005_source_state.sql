-- What connectors remember between runs.

CREATE TABLE source_state (
    data_source_id TEXT NOT NULL REFERENCES data_sources (id),
    key            TEXT NOT NULL,
    value          BLOB NOT NULL,
    PRIMARY KEY (data_source_id, key)
);
