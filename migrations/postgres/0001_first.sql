-- What this installation remembers of itself: the fingerprint of its keyring.
CREATE TABLE installation (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Columns marked "sealed" hold ciphertext whose place is part of the seal; *_index columns are keyed look-up MACs.
CREATE TABLE accounts (
    lab_id TEXT NOT NULL,
    account_id BYTEA NOT NULL,
    identifier_index BYTEA NOT NULL,
    identifier BYTEA NOT NULL, -- sealed
    email BYTEA, -- sealed
    birth_date BYTEA NOT NULL, -- sealed
    given_name BYTEA NOT NULL, -- sealed
    family_name BYTEA NOT NULL, -- sealed
    state TEXT NOT NULL,
    rotation_required_at BIGINT,
    import_digest BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, account_id)
);
CREATE UNIQUE INDEX accounts_identifier ON accounts (lab_id, identifier_index);

CREATE TABLE records (
    lab_id TEXT NOT NULL,
    account_id BYTEA NOT NULL,
    record_index BYTEA NOT NULL,
    record BYTEA NOT NULL, -- sealed
    relation TEXT NOT NULL,
    scope TEXT,
    ends_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, account_id, record_index),
    FOREIGN KEY (lab_id, account_id) REFERENCES accounts (lab_id, account_id) ON DELETE CASCADE
);
CREATE INDEX records_record ON records (lab_id, record_index);

CREATE TABLE passwords (
    lab_id TEXT NOT NULL,
    account_id BYTEA NOT NULL,
    hash TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, account_id),
    FOREIGN KEY (lab_id, account_id) REFERENCES accounts (lab_id, account_id) ON DELETE CASCADE
);

CREATE TABLE authenticators (
    lab_id TEXT NOT NULL,
    account_id BYTEA NOT NULL,
    seed BYTEA NOT NULL, -- sealed
    bound_at BIGINT NOT NULL,
    consumed_step BIGINT NOT NULL,
    tried_step BIGINT NOT NULL,
    tried_times BIGINT NOT NULL,
    PRIMARY KEY (lab_id, account_id),
    FOREIGN KEY (lab_id, account_id) REFERENCES accounts (lab_id, account_id) ON DELETE CASCADE
);

CREATE TABLE recovery_codes (
    lab_id TEXT NOT NULL,
    account_id BYTEA NOT NULL,
    code_mac BYTEA NOT NULL,
    tried_times BIGINT NOT NULL,
    consumed_at BIGINT,
    PRIMARY KEY (lab_id, account_id, code_mac),
    FOREIGN KEY (lab_id, account_id) REFERENCES accounts (lab_id, account_id) ON DELETE CASCADE
);

CREATE TABLE lab_codes (
    lab_id TEXT NOT NULL,
    code_mac BYTEA NOT NULL,
    account_id BYTEA NOT NULL,
    issued_by TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tried_times BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (lab_id, code_mac),
    FOREIGN KEY (lab_id, account_id) REFERENCES accounts (lab_id, account_id) ON DELETE CASCADE
);
CREATE INDEX lab_codes_account ON lab_codes (lab_id, account_id);

CREATE TABLE pending (
    lab_id TEXT NOT NULL,
    pending_id BYTEA NOT NULL,
    token_hash BYTEA NOT NULL,
    account_id BYTEA NOT NULL,
    version BIGINT NOT NULL,
    state BYTEA NOT NULL, -- sealed
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, pending_id),
    FOREIGN KEY (lab_id, account_id) REFERENCES accounts (lab_id, account_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX pending_token ON pending (lab_id, token_hash);

CREATE TABLE sessions (
    lab_id TEXT NOT NULL,
    session_id BYTEA NOT NULL,
    token_hash BYTEA NOT NULL,
    account_id BYTEA NOT NULL,
    means TEXT NOT NULL,
    device TEXT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (lab_id, session_id),
    FOREIGN KEY (lab_id, account_id) REFERENCES accounts (lab_id, account_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX sessions_token ON sessions (lab_id, token_hash);
CREATE INDEX sessions_account ON sessions (lab_id, account_id);

CREATE TABLE site_sessions (
    lab_id TEXT NOT NULL,
    token_hash BYTEA NOT NULL,
    site_id TEXT NOT NULL,
    session_id BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, token_hash),
    FOREIGN KEY (lab_id, session_id) REFERENCES sessions (lab_id, session_id) ON DELETE CASCADE
);

CREATE TABLE tickets (
    lab_id TEXT NOT NULL,
    ticket_hash BYTEA NOT NULL,
    site_id TEXT NOT NULL,
    browser_hash BYTEA NOT NULL,
    session_id BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT,
    PRIMARY KEY (lab_id, ticket_hash),
    FOREIGN KEY (lab_id, session_id) REFERENCES sessions (lab_id, session_id) ON DELETE CASCADE
);

-- One row an identifier that was tried, known or not.
CREATE TABLE throttle (
    lab_id TEXT NOT NULL,
    identifier_index BYTEA NOT NULL,
    state TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, identifier_index)
);

CREATE TABLE audit_events (
    lab_id TEXT NOT NULL,
    event_id BYTEA NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    account_id BYTEA,
    detail TEXT NOT NULL,
    PRIMARY KEY (lab_id, event_id)
);
CREATE INDEX audit_events_at ON audit_events (lab_id, at);
