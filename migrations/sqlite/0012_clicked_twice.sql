-- A form that uses something up, as one browser sent it: what was answered serves the second click of a double click.
-- Without an outcome the first one is still being worked on. `form_index` is a MAC over browser, address and fields.
CREATE TABLE form_outcomes (
    lab_id TEXT NOT NULL,
    form_index BLOB NOT NULL,
    sending_id BLOB NOT NULL,
    outcome BLOB, -- sealed
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, form_index)
);
CREATE INDEX form_outcomes_expiry ON form_outcomes (expires_at);

-- Recovery codes that were made in this session and that its holder has not said to have kept yet: shown again until then.
CREATE TABLE shown_recovery_codes (
    lab_id TEXT NOT NULL,
    session_id BLOB NOT NULL,
    codes BLOB NOT NULL, -- sealed
    PRIMARY KEY (lab_id, session_id),
    FOREIGN KEY (lab_id, session_id) REFERENCES sessions (lab_id, session_id) ON DELETE CASCADE
);
