-- What this installation remembers of itself: the fingerprint of its keyring.
CREATE TABLE installation (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Columns marked "sealed" hold ciphertext whose place is part of the seal; *_index columns are keyed look-up MACs.
CREATE TABLE accounts (
    lab_id TEXT NOT NULL,
    account_id BLOB NOT NULL,
    identifier_index BLOB NOT NULL,
    identifier BLOB NOT NULL, -- sealed
    email BLOB, -- sealed
    birth_date BLOB NOT NULL, -- sealed
    given_name BLOB NOT NULL, -- sealed
    family_name BLOB NOT NULL, -- sealed
    state TEXT NOT NULL,
    rotation_required_at BIGINT,
    import_digest BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, account_id)
);
CREATE UNIQUE INDEX accounts_identifier ON accounts (lab_id, identifier_index);

CREATE TABLE records (
    lab_id TEXT NOT NULL,
    account_id BLOB NOT NULL,
    record_index BLOB NOT NULL,
    record BLOB NOT NULL, -- sealed
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
    account_id BLOB NOT NULL,
    hash TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, account_id),
    FOREIGN KEY (lab_id, account_id) REFERENCES accounts (lab_id, account_id) ON DELETE CASCADE
);

CREATE TABLE authenticators (
    lab_id TEXT NOT NULL,
    account_id BLOB NOT NULL,
    seed BLOB NOT NULL, -- sealed
    bound_at BIGINT NOT NULL,
    consumed_step BIGINT NOT NULL,
    tried_step BIGINT NOT NULL,
    tried_times BIGINT NOT NULL,
    PRIMARY KEY (lab_id, account_id),
    FOREIGN KEY (lab_id, account_id) REFERENCES accounts (lab_id, account_id) ON DELETE CASCADE
);

CREATE TABLE recovery_codes (
    lab_id TEXT NOT NULL,
    account_id BLOB NOT NULL,
    code_mac BLOB NOT NULL,
    tried_times BIGINT NOT NULL,
    consumed_at BIGINT,
    PRIMARY KEY (lab_id, account_id, code_mac),
    FOREIGN KEY (lab_id, account_id) REFERENCES accounts (lab_id, account_id) ON DELETE CASCADE
);

CREATE TABLE lab_codes (
    lab_id TEXT NOT NULL,
    code_mac BLOB NOT NULL,
    account_id BLOB NOT NULL,
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
    pending_id BLOB NOT NULL,
    token_hash BLOB NOT NULL,
    account_id BLOB NOT NULL,
    version BIGINT NOT NULL,
    state BLOB NOT NULL, -- sealed
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, pending_id),
    FOREIGN KEY (lab_id, account_id) REFERENCES accounts (lab_id, account_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX pending_token ON pending (lab_id, token_hash);

CREATE TABLE sessions (
    lab_id TEXT NOT NULL,
    session_id BLOB NOT NULL,
    token_hash BLOB NOT NULL,
    account_id BLOB NOT NULL,
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
    token_hash BLOB NOT NULL,
    site_id TEXT NOT NULL,
    session_id BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, token_hash),
    FOREIGN KEY (lab_id, session_id) REFERENCES sessions (lab_id, session_id) ON DELETE CASCADE
);

CREATE TABLE tickets (
    lab_id TEXT NOT NULL,
    ticket_hash BLOB NOT NULL,
    site_id TEXT NOT NULL,
    browser_hash BLOB NOT NULL,
    session_id BLOB NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT,
    PRIMARY KEY (lab_id, ticket_hash),
    FOREIGN KEY (lab_id, session_id) REFERENCES sessions (lab_id, session_id) ON DELETE CASCADE
);

-- One row an identifier that was tried, known or not.
CREATE TABLE throttle (
    lab_id TEXT NOT NULL,
    identifier_index BLOB NOT NULL,
    state TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, identifier_index)
);

CREATE TABLE audit_events (
    lab_id TEXT NOT NULL,
    event_id BLOB NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    account_id BLOB,
    detail TEXT NOT NULL,
    PRIMARY KEY (lab_id, event_id)
);
CREATE INDEX audit_events_at ON audit_events (lab_id, at);
