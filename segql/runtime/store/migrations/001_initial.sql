-- The store: profiles by dense ordinal, events clustered by (month, metric, time), small dictionaries, histories.

-- The account's settings, one JSON document a section.
CREATE TABLE settings (section VARCHAR PRIMARY KEY, document JSON NOT NULL);

-- One row a profile. profile_id is a dense ordinal, never used again. Every attribute is one typed column, named as
-- the attribute is named; further columns are added when an attribute is first seen (see `attributes`).
CREATE TABLE profiles (
  profile_id INTEGER NOT NULL,
  external_id VARCHAR,
  email VARCHAR,
  phone_number VARCHAR,          -- E.164 where phone_valid, else as it came
  phone_valid BOOLEAN,
  phone_country VARCHAR,         -- ISO 3166, from the number
  first_name VARCHAR,
  last_name VARCHAR,
  country VARCHAR,
  region VARCHAR,
  city VARCHAR,
  postal_code VARCHAR,
  latitude DOUBLE,
  longitude DOUBLE,
  timezone VARCHAR,
  created TIMESTAMP_S            -- UTC, as every instant in the store
);

-- The attributes that exist. key is the folded name, unique. type: text, number, boolean, date, datetime, list, object.
CREATE TABLE attributes (name VARCHAR NOT NULL, key VARCHAR PRIMARY KEY, type VARCHAR NOT NULL);
INSERT INTO attributes VALUES
  ('profile_id', 'profile_id', 'number'), ('external_id', 'external_id', 'text'), ('email', 'email', 'text'), ('phone_number', 'phone_number', 'text'),
  ('phone_valid', 'phone_valid', 'boolean'), ('phone_country', 'phone_country', 'text'),
  ('first_name', 'first_name', 'text'), ('last_name', 'last_name', 'text'), ('country', 'country', 'text'),
  ('region', 'region', 'text'), ('city', 'city', 'text'), ('postal_code', 'postal_code', 'text'),
  ('latitude', 'latitude', 'number'), ('longitude', 'longitude', 'number'), ('timezone', 'timezone', 'text'),
  ('created', 'created', 'datetime');

-- The kinds of events. amount and label: the properties kept in events.amount and events.label_id.
CREATE TABLE metrics (
  metric_id USMALLINT NOT NULL, name VARCHAR NOT NULL, key VARCHAR PRIMARY KEY, amount VARCHAR, label VARCHAR
);
CREATE TABLE event_properties (
  metric_id USMALLINT NOT NULL, name VARCHAR NOT NULL, key VARCHAR NOT NULL, type VARCHAR NOT NULL,
  PRIMARY KEY (metric_id, key)
);
CREATE TABLE labels (label_id UINTEGER NOT NULL, label VARCHAR NOT NULL);

-- Clustered by (month, metric_id, occurred_at), with a short tail in order of arrival (see store_state).
CREATE TABLE events (
  event_key UBIGINT NOT NULL,        -- hash of metric and event id: what makes a repeated event the same event
  profile_id INTEGER NOT NULL,
  metric_id USMALLINT NOT NULL,
  occurred_at TIMESTAMP_S NOT NULL,  -- UTC
  amount BIGINT,                     -- ten-thousandths of the currency unit, so that sums are exact
  label_id UINTEGER,
  properties VARIANT
);
-- tail_rows: events behind the clustered part; tail_from: the earliest month among them.
CREATE TABLE store_state (tail_rows BIGINT NOT NULL, tail_from DATE);
INSERT INTO store_state VALUES (0, NULL);

-- The consent log, only ever appended to. kind: marketing, transactional, block.
-- status: subscribed, unsubscribed, pending (marketing, transactional); blocked, unblocked (block).
-- address: the E.164 number, the e-mail address in lower case, or for push the profile's external id.
CREATE TABLE consents (
  consent_id BIGINT NOT NULL, channel VARCHAR NOT NULL, kind VARCHAR NOT NULL, address VARCHAR NOT NULL,
  status VARCHAR NOT NULL, occurred_at TIMESTAMP_S NOT NULL, recorded_at TIMESTAMP_S NOT NULL,
  method VARCHAR NOT NULL, detail VARCHAR, actor VARCHAR NOT NULL
);
-- Folded from the log, for each profile that holds the address: what held from when until when, [from_at, until_at).
-- The latest entry by occurred_at wins, ties go to the stricter one.
CREATE TABLE consent_periods (
  profile_id INTEGER NOT NULL, channel VARCHAR NOT NULL, kind VARCHAR NOT NULL, status VARCHAR NOT NULL,
  from_at TIMESTAMP_S NOT NULL, until_at TIMESTAMP_S NOT NULL  -- 9999-12-31 while it holds
);

CREATE TABLE lists (list_id INTEGER NOT NULL, name VARCHAR NOT NULL, key VARCHAR PRIMARY KEY);
CREATE TABLE list_periods (
  list_id INTEGER NOT NULL, profile_id INTEGER NOT NULL, from_at TIMESTAMP_S NOT NULL, until_at TIMESTAMP_S NOT NULL
);

CREATE TABLE segments (
  name VARCHAR NOT NULL, key VARCHAR PRIMARY KEY, definition VARCHAR NOT NULL, description VARCHAR, saved_at TIMESTAMP_S NOT NULL
);

CREATE TABLE postal_codes (
  country VARCHAR NOT NULL, code VARCHAR NOT NULL, latitude DOUBLE NOT NULL, longitude DOUBLE NOT NULL,
  PRIMARY KEY (country, code)
);
CREATE TABLE places (
  name VARCHAR NOT NULL, key VARCHAR PRIMARY KEY, latitude DOUBLE NOT NULL, longitude DOUBLE NOT NULL
);
