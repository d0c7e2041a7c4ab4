-- Pictures and GIFs that go with texts. Who has a key sees its picture, as carriers and customers' phones have to.
CREATE TABLE sms_pictures (
  key VARCHAR PRIMARY KEY, type VARCHAR NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, about VARCHAR NOT NULL,
  content BLOB NOT NULL, added_at TIMESTAMP_S NOT NULL
);
