-- How many people were in each stored segment at the end of a day in the account's zone, as refreshes found it, so that a
-- list tells it without counting. A day on which nothing changed has no row.
CREATE TABLE segment_sizes (segment_id INTEGER NOT NULL, day DATE NOT NULL, size BIGINT NOT NULL);
INSERT INTO segment_sizes
  SELECT r.segment_id, r.refreshed_at::DATE, coalesce(sum(if(m.entered, 1, -1)), 0)::BIGINT FROM segment_refreshes r
  LEFT JOIN segment_moves m ON m.segment_id = r.segment_id GROUP BY r.segment_id, r.refreshed_at;
