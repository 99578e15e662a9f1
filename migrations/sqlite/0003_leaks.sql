-- What an account must do is derived from the lists it stands on; no column of its own says so any more.
ALTER TABLE accounts DROP COLUMN rotation_required_at;
-- Who has a newer password than a list is asked of many accounts at once, and few have.
CREATE INDEX passwords_set_at ON passwords (lab_id, set_at, account_id);

-- One incident: a list that was imported, or a canary that was touched.
CREATE TABLE leaks (
    lab_id TEXT NOT NULL,
    leak_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    source TEXT NOT NULL,
    file_index BLOB,
    mapping TEXT NOT NULL,
    census TEXT NOT NULL,
    aware_at BIGINT NOT NULL,
    began_at BIGINT NOT NULL,
    loaded_to BLOB,
    matched_to BLOB,
    requested_by TEXT,
    effective_at BIGINT,
    settled_to BLOB,
    settled_at BIGINT,
    expired_at BIGINT,
    verified_to TEXT,
    verified_at BIGINT,
    ended_at BIGINT,
    PRIMARY KEY (lab_id, leak_id)
);
CREATE UNIQUE INDEX leaks_number ON leaks (leak_id);

-- Who did what to it, in order: the timeline of the report.
CREATE TABLE leak_steps (
    lab_id TEXT NOT NULL,
    leak_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    step TEXT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (lab_id, leak_id, at, step),
    FOREIGN KEY (lab_id, leak_id) REFERENCES leaks (lab_id, leak_id) ON DELETE CASCADE
);

-- All that is kept of a list: keyed digests of identifiers and of pairs. An empty pair: listed without a password.
CREATE TABLE leak_entries (
    lab_id TEXT NOT NULL,
    leak_id BIGINT NOT NULL,
    identifier_index BLOB NOT NULL,
    pair BLOB NOT NULL,
    PRIMARY KEY (lab_id, leak_id, identifier_index, pair)
) WITHOUT ROWID;

-- The accounts found on a list, in the order of the list's digests so that millions are appended, not scattered.
CREATE TABLE leak_accounts (
    lab_id TEXT NOT NULL,
    leak_id BIGINT NOT NULL,
    identifier_index BLOB NOT NULL,
    account_id BLOB NOT NULL,
    effect TEXT NOT NULL,
    progress TEXT NOT NULL,
    verdict TEXT,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, leak_id, identifier_index)
) WITHOUT ROWID;

-- What is to be told, each thing once. The text is made when it leaves, from the account's own sealed columns.
-- recipient: the identifier index of a patient; empty for the lab's own security contact. notice_id: what a bounce of
-- the last attempt names. answer: the mail server's codes, never its words, which may hold an address.
CREATE TABLE outbox (
    lab_id TEXT NOT NULL,
    leak_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    recipient BLOB NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    claimed_at BIGINT,
    notice_id BLOB,
    answer TEXT,
    PRIMARY KEY (lab_id, leak_id, kind, recipient)
) WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (state, due_at);
CREATE INDEX outbox_claimed ON outbox (claimed_at) WHERE claimed_at IS NOT NULL;
CREATE INDEX outbox_notice ON outbox (notice_id) WHERE notice_id IS NOT NULL;

-- How the mail server was last met. One row; whoever wants to send locks it, so that servers take turns.
CREATE TABLE mail_server (
    name TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    quiet_until BIGINT NOT NULL,
    answer TEXT
);
INSERT INTO mail_server (name, failures, quiet_until) VALUES ('smtp', 0, 0);

-- Accounts that exist only to be leaked.
CREATE TABLE canaries (
    lab_id TEXT NOT NULL,
    account_id BLOB NOT NULL,
    made_at BIGINT NOT NULL,
    touched_at BIGINT,
    PRIMARY KEY (lab_id, account_id),
    FOREIGN KEY (lab_id, account_id) REFERENCES accounts (lab_id, account_id) ON DELETE CASCADE
);

-- Passwords of the LIS, wrapped in Argon2id. They open nothing alone: no sign-in reads this table (R-17).
CREATE TABLE legacy_passwords (
    lab_id TEXT NOT NULL,
    account_id BLOB NOT NULL,
    scheme TEXT NOT NULL,
    hash TEXT NOT NULL,
    salt BLOB, -- sealed
    imported_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, account_id),
    FOREIGN KEY (lab_id, account_id) REFERENCES accounts (lab_id, account_id) ON DELETE CASCADE
);

-- Links by mail, as digests: with the birth date and the password of the LIS, each begins one enrolment.
CREATE TABLE invitations (
    lab_id TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    account_id BLOB NOT NULL,
    issued_by TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (lab_id, token_hash),
    FOREIGN KEY (lab_id, account_id) REFERENCES accounts (lab_id, account_id) ON DELETE CASCADE
);
CREATE INDEX invitations_account ON invitations (lab_id, account_id);

-- What an operator may do, lab by lab. Operators are accounts of a realm of their own.
CREATE TABLE operator_roles (
    lab_id TEXT NOT NULL,
    realm TEXT NOT NULL,
    account_id BLOB NOT NULL,
    role TEXT NOT NULL,
    granted_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, account_id),
    FOREIGN KEY (realm, account_id) REFERENCES accounts (lab_id, account_id) ON DELETE CASCADE
);
