-- What somebody should look into. subject: a network, an operator, an account's random id, a leak's number: nothing
-- personal of a patient. told_at: of this cause, at most one message an hour leaves. note: may name anybody.
CREATE TABLE alerts (
    lab_id TEXT NOT NULL,
    alert_id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    figure BIGINT NOT NULL,
    times BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    told_at BIGINT,
    reminded_at BIGINT,
    owner TEXT,
    owned_at BIGINT,
    closed_at BIGINT,
    note BYTEA, -- sealed
    PRIMARY KEY (lab_id, alert_id)
);
-- One cause is one open alert.
CREATE UNIQUE INDEX alerts_open ON alerts (lab_id, kind, subject) WHERE closed_at IS NULL;
CREATE INDEX alerts_cause ON alerts (lab_id, kind, subject, first_at);

-- The last message about an alert, on each way: how far it is.
CREATE TABLE alert_deliveries (
    lab_id TEXT NOT NULL,
    alert_id BYTEA NOT NULL,
    channel TEXT NOT NULL,
    about TEXT NOT NULL,
    message_id BYTEA NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, alert_id, channel),
    FOREIGN KEY (lab_id, alert_id) REFERENCES alerts (lab_id, alert_id) ON DELETE CASCADE
);
CREATE INDEX alert_deliveries_due ON alert_deliveries (state, due_at);

-- Networks that operators were seen in, as keyed digests.
CREATE TABLE operator_networks (
    lab_id TEXT NOT NULL,
    account_id BYTEA NOT NULL,
    network_index BYTEA NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (lab_id, account_id, network_index),
    FOREIGN KEY (lab_id, account_id) REFERENCES accounts (lab_id, account_id) ON DELETE CASCADE
);
