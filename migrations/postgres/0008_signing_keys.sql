-- The keys with which each lab signs what it says to its clients. kid: RFC 7638 thumbprint. slot: a key and its successors
-- of one algorithm, counted from 0; the one that began last signs.
CREATE TABLE signing_keys (
    lab_id TEXT NOT NULL,
    kid BYTEA NOT NULL,
    algorithm TEXT NOT NULL,
    slot BIGINT NOT NULL,
    private_key BYTEA NOT NULL, -- sealed
    published_at BIGINT NOT NULL,
    active_from BIGINT NOT NULL,
    PRIMARY KEY (lab_id, kid)
);
-- Two servers that make the same key at once: one of them keeps it.
CREATE UNIQUE INDEX signing_keys_slot ON signing_keys (lab_id, algorithm, slot);

-- What clients may use once, until it is over anyway: ids of proofs and assertions, as digests.
CREATE TABLE used_ids (
    lab_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    digest BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, kind, digest)
);
CREATE INDEX used_ids_expiry ON used_ids (expires_at);
