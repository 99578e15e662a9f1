-- Relying parties of a lab, and what they may do.
CREATE TABLE clients (
    lab_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    policy TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    disabled_at BIGINT,
    PRIMARY KEY (lab_id, client_id)
);

-- A new secret serves beside the older one until that one expires.
CREATE TABLE client_secrets (
    lab_id TEXT NOT NULL,
    secret_id BLOB NOT NULL,
    client_id TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, secret_id),
    FOREIGN KEY (lab_id, client_id) REFERENCES clients (lab_id, client_id) ON DELETE CASCADE
);
CREATE INDEX client_secrets_client ON client_secrets (lab_id, client_id);

-- Requests under way: pushed by a client, or asked through a browser, which is bound to it at its first visit.
CREATE TABLE authorizations (
    lab_id TEXT NOT NULL,
    handle_hash BLOB NOT NULL,
    kind TEXT NOT NULL,
    client_id TEXT NOT NULL,
    request BLOB NOT NULL, -- sealed
    browser_hash BLOB,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, handle_hash),
    FOREIGN KEY (lab_id, client_id) REFERENCES clients (lab_id, client_id) ON DELETE CASCADE
);
CREATE INDEX authorizations_expiry ON authorizations (expires_at);

-- What a person let a client have; codes and tokens hang on it.
CREATE TABLE oauth_grants (
    lab_id TEXT NOT NULL,
    grant_id BLOB NOT NULL,
    client_id TEXT NOT NULL,
    account_id BLOB NOT NULL,
    session_id BLOB NOT NULL,
    is_offline BIGINT NOT NULL,
    terms TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (lab_id, grant_id),
    FOREIGN KEY (lab_id, client_id) REFERENCES clients (lab_id, client_id) ON DELETE CASCADE,
    FOREIGN KEY (lab_id, account_id) REFERENCES accounts (lab_id, account_id) ON DELETE CASCADE
);
CREATE INDEX oauth_grants_account ON oauth_grants (lab_id, account_id, client_id);
CREATE INDEX oauth_grants_expiry ON oauth_grants (expires_at);

CREATE TABLE authorization_codes (
    lab_id TEXT NOT NULL,
    code_hash BLOB NOT NULL,
    grant_id BLOB NOT NULL,
    request TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT,
    PRIMARY KEY (lab_id, code_hash),
    FOREIGN KEY (lab_id, grant_id) REFERENCES oauth_grants (lab_id, grant_id) ON DELETE CASCADE
);
CREATE INDEX authorization_codes_grant ON authorization_codes (lab_id, grant_id);

CREATE TABLE refresh_tokens (
    lab_id TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    grant_id BLOB NOT NULL,
    issued_at BIGINT NOT NULL,
    rotated_at BIGINT,
    PRIMARY KEY (lab_id, token_hash),
    FOREIGN KEY (lab_id, grant_id) REFERENCES oauth_grants (lab_id, grant_id) ON DELETE CASCADE
);
CREATE INDEX refresh_tokens_grant ON refresh_tokens (lab_id, grant_id, rotated_at);

-- Access tokens that were taken back before their time.
CREATE TABLE revoked_tokens (
    lab_id TEXT NOT NULL,
    token_id TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, token_id)
);
CREATE INDEX revoked_tokens_expiry ON revoked_tokens (expires_at);

-- What a person said yes to, so that they are not asked again.
CREATE TABLE consents (
    lab_id TEXT NOT NULL,
    account_id BLOB NOT NULL,
    client_id TEXT NOT NULL,
    terms TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, account_id, client_id),
    FOREIGN KEY (lab_id, client_id) REFERENCES clients (lab_id, client_id) ON DELETE CASCADE,
    FOREIGN KEY (lab_id, account_id) REFERENCES accounts (lab_id, account_id) ON DELETE CASCADE
);

-- Which client knows of which session, under which name; a session that ended is told to it once (back-channel logout).
CREATE TABLE client_sessions (
    lab_id TEXT NOT NULL,
    session_id BLOB NOT NULL,
    client_id TEXT NOT NULL,
    sid TEXT NOT NULL,
    subject TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, session_id, client_id),
    FOREIGN KEY (lab_id, client_id) REFERENCES clients (lab_id, client_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX client_sessions_sid ON client_sessions (lab_id, client_id, sid);
CREATE INDEX client_sessions_due ON client_sessions (state, due_at);
CREATE INDEX client_sessions_expiry ON client_sessions (expires_at);
CREATE INDEX sessions_ended ON sessions (ended_at) WHERE ended_at IS NOT NULL;
