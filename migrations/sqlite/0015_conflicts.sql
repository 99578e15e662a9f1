-- The person's names beside given and family name (birth name, used name), a line each.
ALTER TABLE accounts ADD COLUMN other_names BLOB; -- sealed
-- What the record's line said when it was last taken; NULL until an import has compared it with its account.
ALTER TABLE records ADD COLUMN import_digest BLOB;
-- The account that a merge took the record from.
ALTER TABLE records ADD COLUMN former_account BLOB;

-- Lines of an import that contradict what is stored: nobody reads such a record until somebody has decided.
CREATE TABLE record_conflicts (
    lab_id TEXT NOT NULL,
    record_index BLOB NOT NULL,
    record BLOB NOT NULL, -- sealed
    kind TEXT NOT NULL,
    account_id BLOB NOT NULL,
    line_digest BLOB NOT NULL,
    found_at BIGINT NOT NULL,
    decided_at BIGINT,
    PRIMARY KEY (lab_id, record_index)
);
