-- Memberships of stored segments, and the journal by which a refresh knows what changed since the one before.

CREATE SEQUENCE segment_ids;
ALTER TABLE segments ADD COLUMN segment_id INTEGER DEFAULT nextval('segment_ids');

-- How many changes were written so far; each takes the next number.
CREATE TABLE journal (position BIGINT NOT NULL);
INSERT INTO journal VALUES (0);
-- Whose values, consents, lists or whole history a change concerns, for as long as a refresh may have to ask.
-- what: values, consents, lists, history.
CREATE TABLE profile_changes (position BIGINT NOT NULL, what VARCHAR NOT NULL, profile_id INTEGER NOT NULL);
-- Events tell themselves with which change they arrived.
ALTER TABLE events ADD COLUMN arrival BIGINT DEFAULT 0;

-- From when until when somebody was in a segment, [from_at, until_at), as refreshes found it, and why.
-- entered_by, left_by: first, data, time, definition (see runtime/refresh/changes.py).
CREATE TABLE segment_periods (
  segment_id INTEGER NOT NULL, profile_id INTEGER NOT NULL,
  from_at TIMESTAMP_S NOT NULL, until_at TIMESTAMP_S NOT NULL,  -- 9999-12-31 while it holds
  entered_by VARCHAR NOT NULL, left_by VARCHAR
);
-- What a segment's periods stand for: the instant, the position in the journal, and a digest of the plan.
CREATE TABLE segment_refreshes (
  segment_id INTEGER NOT NULL, refreshed_at TIMESTAMP_S NOT NULL, position BIGINT NOT NULL, plan VARCHAR NOT NULL
);
