-- Definitions keep their comments.

-- The whole definition in canonical form with its comments, where it has some.
ALTER TABLE segments ADD COLUMN written VARCHAR;
ALTER TABLE segment_versions ADD COLUMN written VARCHAR;
