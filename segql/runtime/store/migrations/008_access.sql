-- Who may use the store through a running server: people, the links by which they get in, sessions, and the tokens of
-- programs. Links, sessions and tokens are kept as hashes.

CREATE SEQUENCE user_ids;
CREATE TABLE users (
  user_id INTEGER NOT NULL DEFAULT nextval('user_ids'), email VARCHAR NOT NULL, name VARCHAR NOT NULL,
  role VARCHAR NOT NULL,  -- owner, admin, manager, analyst
  password VARCHAR NOT NULL, joined_at TIMESTAMP_S NOT NULL, removed_at TIMESTAMP_S
);
-- email: whom it is for; none of the first owner's. Used ones are deleted.
CREATE TABLE invitations (
  link VARCHAR NOT NULL, email VARCHAR, role VARCHAR NOT NULL, invited_by VARCHAR NOT NULL,
  made_at TIMESTAMP_S NOT NULL, until_at TIMESTAMP_S NOT NULL
);
CREATE TABLE sessions (session VARCHAR NOT NULL, user_id INTEGER NOT NULL, until_at TIMESTAMP_S NOT NULL);
CREATE SEQUENCE token_ids;
CREATE TABLE tokens (
  token_id INTEGER NOT NULL DEFAULT nextval('token_ids'), token VARCHAR NOT NULL, user_id INTEGER NOT NULL,
  name VARCHAR NOT NULL, rights VARCHAR[] NOT NULL, made_at TIMESTAMP_S NOT NULL, until_at TIMESTAMP_S
);
