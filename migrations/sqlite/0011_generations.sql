-- Nothing outlives what it came from: how often everything of an account ended, and what each state rests on. A state without
-- a generation came from paper. key_id is the passkey or the linked identity that was shown.
ALTER TABLE accounts ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;
ALTER TABLE pending ADD COLUMN generation BIGINT;
ALTER TABLE pending ADD COLUMN key_id BLOB;
ALTER TABLE sessions ADD COLUMN key_id BLOB;
ALTER TABLE devices ADD COLUMN key_id BLOB;
ALTER TABLE oauth_grants ADD COLUMN key_id BLOB;
