-- Who became part of whom, who was erased, and further identifiers of those who are known by several.

-- What a person is known by besides the columns of their profile. value: as profiles are compared by it, that is the
-- e-mail address folded, the number in E.164. kind: external_id, email, phone.
CREATE TABLE profile_aliases (kind VARCHAR NOT NULL, value VARCHAR NOT NULL, profile_id INTEGER NOT NULL);
-- Every merge, only ever appended to. profile_id: whose the merged profile's history is now. merged_at: null where rows
-- of a batch tied the two together and did not say when.
CREATE TABLE profile_merges (
  merged_id INTEGER NOT NULL, profile_id INTEGER NOT NULL, merged_at TIMESTAMP_S, actor VARCHAR NOT NULL
);
-- Every erasure, without anything of the person. cleaned: whether the file was written anew since, without the bytes.
-- What keeps an erased address from being texted or mailed again are entries of the consent log under a salted hash.
CREATE TABLE erasures (
  profile_id INTEGER NOT NULL, erased_at TIMESTAMP_S NOT NULL, actor VARCHAR NOT NULL, cleaned BOOLEAN NOT NULL
);
