-- Conversations.

CREATE TABLE sessions (
    id                TEXT   NOT NULL PRIMARY KEY,
    knowledge_base_id TEXT   NOT NULL REFERENCES knowledge_bases (id),
    -- How the knowledge base was asked when the session began: JSON as the client sent it.
    configuration     TEXT   NOT NULL,
    turns             TEXT   NOT NULL,
    expires_at        BIGINT NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_by_knowledge_base ON sessions (knowledge_base_id);
