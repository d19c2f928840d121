-- Knowledge bases and their data sources.
--
-- For all migrations: a moment is microseconds since 1970 in UTC, a truth is 0 or 1, an
-- enumeration is its name, JSON is text. PostgreSQL needs BYTEA for BLOB, and COLLATE "C" for the
-- texts that are compared by < and >.

-- The one source of numbers that only grow: the order in which things were created.
CREATE TABLE counters (
    name  TEXT   NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('sequence', 0);

CREATE TABLE knowledge_bases (
    id                    TEXT   NOT NULL PRIMARY KEY,
    sequence              BIGINT NOT NULL,
    name                  TEXT   NOT NULL UNIQUE,
    description           TEXT,
    role_arn              TEXT   NOT NULL,
    configuration         TEXT   NOT NULL,
    storage_configuration TEXT,
    embedding_model_arn   TEXT   NOT NULL,
    index_model           TEXT   NOT NULL,
    status                TEXT   NOT NULL,
    failure_reasons       TEXT   NOT NULL,
    tags                  TEXT   NOT NULL,
    created_at            BIGINT NOT NULL,
    updated_at            BIGINT NOT NULL
);
CREATE UNIQUE INDEX knowledge_bases_by_sequence ON knowledge_bases (sequence);

CREATE TABLE data_sources (
    id                             TEXT   NOT NULL PRIMARY KEY,
    sequence                       BIGINT NOT NULL,
    knowledge_base_id              TEXT   NOT NULL REFERENCES knowledge_bases (id),
    name                           TEXT   NOT NULL,
    description                    TEXT,
    configuration                  TEXT   NOT NULL,
    vector_ingestion_configuration TEXT,
    encryption_configuration       TEXT,
    source                         TEXT   NOT NULL,
    chunking                       TEXT   NOT NULL,
    data_deletion_policy           TEXT   NOT NULL,
    status                         TEXT   NOT NULL,
    failure_reasons                TEXT   NOT NULL,
    -- No document that was removed ever had a greater revision: where new documents begin.
    revision_floor                 BIGINT NOT NULL,
    created_at                     BIGINT NOT NULL,
    updated_at                     BIGINT NOT NULL,
    UNIQUE (knowledge_base_id, name)
);
CREATE UNIQUE INDEX data_sources_by_sequence ON data_sources (knowledge_base_id, sequence);

-- What a client token led to, for a day.
CREATE TABLE client_tokens (
    operation  TEXT   NOT NULL,
    token      TEXT   NOT NULL,
    resource   TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (operation, token)
);
CREATE INDEX client_tokens_by_age ON client_tokens (created_at);
