-- Browsers in which somebody signed in completely, each with failures of its own. One browser's token may stand beside
-- several accounts: a family's tablet.
CREATE TABLE devices (
    lab_id TEXT NOT NULL,
    device_id BYTEA NOT NULL,
    token_hash BYTEA NOT NULL,
    account_id BYTEA NOT NULL,
    description TEXT NOT NULL,
    backoff TEXT NOT NULL,
    trusted_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, device_id),
    FOREIGN KEY (lab_id, account_id) REFERENCES accounts (lab_id, account_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX devices_token ON devices (lab_id, token_hash, account_id);
CREATE INDEX devices_account ON devices (lab_id, account_id, last_used_at);
CREATE INDEX devices_last_used ON devices (last_used_at);
