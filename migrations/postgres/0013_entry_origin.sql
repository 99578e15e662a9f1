-- What an identifier of a list looked like and in which line it stands: all that is said of one that no account has.
ALTER TABLE leak_entries ADD COLUMN origin BYTEA NOT NULL DEFAULT '';
