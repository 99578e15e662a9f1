-- How sign-ins from browsers that are no trusted device ended, for each lab and minute, all servers together.
CREATE TABLE siege_slots (
    lab_id TEXT NOT NULL,
    slot_at BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    turned_away BIGINT NOT NULL,
    successes BIGINT NOT NULL,
    PRIMARY KEY (lab_id, slot_at)
) WITHOUT ROWID;
CREATE INDEX siege_slots_at ON siege_slots (slot_at);

-- When a lab was guessed at, with what was counted in the ten minutes before and the limit that it went beyond. One at a
-- time stands.
CREATE TABLE sieges (
    lab_id TEXT NOT NULL,
    began_at BIGINT NOT NULL,
    ended_at BIGINT,
    failure_limit BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    turned_away BIGINT NOT NULL,
    successes BIGINT NOT NULL,
    PRIMARY KEY (lab_id, began_at)
) WITHOUT ROWID;
CREATE UNIQUE INDEX sieges_standing ON sieges (lab_id) WHERE ended_at IS NULL;
