-- What was answered to a change that a program asked for with a key of its own: asked again, it gets the same answer.
CREATE TABLE answered_requests (
  user_id INTEGER NOT NULL, key VARCHAR NOT NULL, request VARCHAR NOT NULL,  -- a hash of what was asked
  status INTEGER NOT NULL, kind VARCHAR NOT NULL, body BLOB NOT NULL, answered_at TIMESTAMP_S NOT NULL
);
