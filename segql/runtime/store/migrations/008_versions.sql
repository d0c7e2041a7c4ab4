-- What stored segments said before: each save is a version, and one that was removed keeps its versions.

-- The texts of the example people of a definition.
ALTER TABLE segments ADD COLUMN examples VARCHAR[];

-- key: the folded name; number: from 1 on, also where a segment of the name comes back. author: who saved it, where that
-- was said. removed_at, removed_by: when the segment was removed, and by whom, where this version was its last then.
CREATE TABLE segment_versions (
  key VARCHAR NOT NULL, number INTEGER NOT NULL, name VARCHAR NOT NULL, definition VARCHAR NOT NULL, description VARCHAR,
  tags VARCHAR[], owner VARCHAR, examples VARCHAR[], author VARCHAR, saved_at TIMESTAMP_S NOT NULL,
  removed_at TIMESTAMP_S, removed_by VARCHAR
);
INSERT INTO segment_versions BY NAME
  SELECT key, 1 AS number, name, definition, description, tags, owner, examples, saved_at FROM segments;
