-- Memberships as entries and exits: a refresh only ever appends. Periods are what they add up to.

-- Who came into a segment or went out of it, when and why. cause: first, data, time, definition.
CREATE TABLE segment_moves (
  segment_id INTEGER NOT NULL, profile_id INTEGER NOT NULL, moved_at TIMESTAMP_S NOT NULL,
  entered BOOLEAN NOT NULL, cause VARCHAR NOT NULL
);
INSERT INTO segment_moves
SELECT segment_id, profile_id, from_at, true, entered_by FROM segment_periods
UNION ALL SELECT segment_id, profile_id, until_at, false, left_by FROM segment_periods
  WHERE until_at < TIMESTAMP_S '9999-12-31'
ORDER BY ALL;
DROP TABLE segment_periods;
-- From when until when somebody was in a segment, [from_at, until_at). Each entry is followed by its exit; who leaves and
-- enters in one second leaves first.
CREATE VIEW segment_periods AS
SELECT segment_id, profile_id, from_at, until_at, entered_by, left_by FROM (
  SELECT segment_id, profile_id, entered, moved_at AS from_at,
    lead(moved_at, 1, TIMESTAMP_S '9999-12-31') OVER moves AS until_at,  -- 9999-12-31 while it holds
    cause AS entered_by, lead(cause) OVER moves AS left_by
  FROM segment_moves WINDOW moves AS (PARTITION BY segment_id, profile_id ORDER BY moved_at, entered)
) WHERE entered;
