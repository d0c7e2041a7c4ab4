-- A copy of the events, ordered by (profile_id, occurred_at) but for its newest parts, kept when asked for: whoever reads one
-- person's events need not look through everybody's (see `by_person.py`).
CREATE TABLE events_by_person (
  profile_id INTEGER NOT NULL,
  metric_id USMALLINT NOT NULL,
  occurred_at TIMESTAMP_S NOT NULL,
  event_key UBIGINT NOT NULL,
  amount BIGINT,
  label_id UINTEGER,
  properties VARIANT
);
-- One row where the copy is kept. It has the events of the people below a profile_id that arrived up to a change, and nothing
-- else. loose: how many of them do not lie in its order.
CREATE TABLE person_copy (copied_to BIGINT NOT NULL, below INTEGER NOT NULL, loose BIGINT NOT NULL);
