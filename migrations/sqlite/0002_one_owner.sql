-- A record is the own file of one account at most, whatever runs at the same time.
CREATE UNIQUE INDEX records_owner ON records (lab_id, record_index) WHERE relation = 'own';
