-- Beside each attribute that is a list of texts its items folded, so that no query need fold those of everybody. The table is
-- written anew, as an UPDATE of lists puts the rows into another order.
WITH names AS (
  SELECT key, '"' || replace(name, '"', '""') || '"' AS list, '"' || replace(name, '"', '""') || ' (folded)"' AS folded
  FROM attributes WHERE type = 'list'
)
SELECT 'CREATE TABLE profiles_anew AS SELECT *, ' || string_agg(
    format('list_transform({}, lambda item: nfc_normalize(lower(nfc_normalize(item)))) AS {}', list, folded), ', ' ORDER BY key
  ) || ' FROM profiles;
  ALTER TABLE profiles_anew ALTER profile_id SET NOT NULL;
  DROP TABLE profiles;
  ALTER TABLE profiles_anew RENAME TO profiles'
FROM names HAVING count(*) > 0;
