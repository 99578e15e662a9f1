-- Identities of upstream providers (FranceConnect and others) that open an account. One identity opens one account of a lab.
CREATE TABLE upstream_links (
    lab_id TEXT NOT NULL,
    link_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    upstream_id TEXT NOT NULL,
    identity_index BLOB NOT NULL,
    name BLOB NOT NULL, -- sealed
    linked_at BIGINT NOT NULL,
    last_used_at BIGINT,
    PRIMARY KEY (lab_id, link_id),
    FOREIGN KEY (lab_id, account_id) REFERENCES accounts (lab_id, account_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX upstream_links_identity ON upstream_links (lab_id, identity_index);
CREATE INDEX upstream_links_account ON upstream_links (lab_id, account_id);

-- What a browser was sent to a provider for. A row serves once. Sealed because whoever could write one could have another
-- identity linked.
CREATE TABLE upstream_departures (
    lab_id TEXT NOT NULL,
    state_hash BLOB NOT NULL,
    browser_hash BLOB NOT NULL,
    departure BLOB NOT NULL, -- sealed
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, state_hash)
);
CREATE INDEX upstream_departures_expiry ON upstream_departures (expires_at);

-- Which session came by which provider, for the sign-out there.
CREATE TABLE upstream_sessions (
    lab_id TEXT NOT NULL,
    session_id BLOB NOT NULL,
    upstream_id TEXT NOT NULL,
    id_token BLOB NOT NULL, -- sealed
    PRIMARY KEY (lab_id, session_id),
    FOREIGN KEY (lab_id, session_id) REFERENCES sessions (lab_id, session_id) ON DELETE CASCADE
);
