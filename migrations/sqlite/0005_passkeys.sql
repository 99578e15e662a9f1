-- Passkeys (WebAuthn credentials): the public key, its counter and whatever else proves it, and what its holder calls it.
CREATE TABLE passkeys (
    lab_id TEXT NOT NULL,
    passkey_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    credential_index BLOB NOT NULL,
    credential BLOB NOT NULL, -- sealed
    name BLOB NOT NULL, -- sealed
    added_at BIGINT NOT NULL,
    last_used_at BIGINT,
    PRIMARY KEY (lab_id, passkey_id),
    FOREIGN KEY (lab_id, account_id) REFERENCES accounts (lab_id, account_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX passkeys_credential ON passkeys (lab_id, credential_index);
CREATE INDEX passkeys_account ON passkeys (lab_id, account_id);

-- What a browser was asked to have signed, for a sign-in of nobody yet. A row serves once. Sealed because a challenge
-- that was written here by another hand would let an old signature serve again.
CREATE TABLE passkey_challenges (
    lab_id TEXT NOT NULL,
    challenge_id BLOB NOT NULL,
    browser_hash BLOB NOT NULL,
    state BLOB NOT NULL, -- sealed
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, challenge_id)
);
CREATE INDEX passkey_challenges_expiry ON passkey_challenges (expires_at);
