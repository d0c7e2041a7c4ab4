-- SMS: sending numbers, credits, campaigns, messages and what carriers report of them, texts from customers.

-- Which of our numbers texts the people of which country.
CREATE TABLE sms_numbers (
  number VARCHAR NOT NULL, kind VARCHAR NOT NULL, country VARCHAR NOT NULL, confirmed_at TIMESTAMP_S NOT NULL,
  PRIMARY KEY (number, country)
);

-- Every change of a setting, only ever appended to. before and after are JSON values.
CREATE TABLE sms_settings_log (
  changed_at TIMESTAMP_S NOT NULL, actor VARCHAR NOT NULL, role VARCHAR NOT NULL,
  setting VARCHAR NOT NULL, before JSON, after JSON
);

-- Every credit and every free message of the trial, given (above zero), taken (below zero) or returned. What is left
-- is the sum, and never below zero.
CREATE TABLE sms_ledger (
  occurred_at TIMESTAMP_S NOT NULL, credits BIGINT NOT NULL, trial_messages BIGINT NOT NULL,
  reason VARCHAR NOT NULL, message_id BIGINT, actor VARCHAR NOT NULL
);

CREATE TABLE sms_campaigns (
  campaign_id INTEGER NOT NULL, name VARCHAR NOT NULL, key VARCHAR PRIMARY KEY, definition JSON NOT NULL,
  transactional BOOLEAN NOT NULL, started_at TIMESTAMP_S NOT NULL
);

-- One row for each person in a campaign's audience, texted or not, and one for each reply of ours.
CREATE TABLE sms_messages (
  message_id BIGINT NOT NULL,
  campaign_id INTEGER,          -- null for a reply
  purpose VARCHAR NOT NULL,     -- marketing, transactional, reply
  profile_id INTEGER NOT NULL,
  number VARCHAR,               -- null where the person was skipped, or has none
  country VARCHAR,
  sender VARCHAR,
  text VARCHAR,                 -- until hand-over a link in it is its address between STX and ETX
  parts INTEGER,
  credits INTEGER NOT NULL,     -- its price
  trial BOOLEAN NOT NULL,       -- a free message of the trial paid for it
  state VARCHAR NOT NULL,       -- see sms/messages.py
  reason VARCHAR,
  due_at TIMESTAMP_S,           -- when it has to be looked at again
  attempts INTEGER NOT NULL,    -- hand-overs begun
  queued_at TIMESTAMP_S NOT NULL,
  handed_at TIMESTAMP_S,        -- the hand-over to the carrier, where one was begun and not turned away
  finished_at TIMESTAMP_S,      -- when the first final receipt says it was delivered or failed
  carrier VARCHAR,
  carrier_id VARCHAR,           -- as the carrier names the message
  contradictions INTEGER NOT NULL,
  UNIQUE (campaign_id, number)  -- nobody is texted twice by a campaign
);

-- What carriers reported. message_id: null while the message is not known.
-- effect: waiting, applied, repeated, late, contradicted, unrecognized.
CREATE TABLE sms_receipts (
  receipt_id BIGINT NOT NULL, carrier VARCHAR NOT NULL, carrier_id VARCHAR NOT NULL, word VARCHAR NOT NULL,
  status VARCHAR, reason VARCHAR, occurred_at TIMESTAMP_S NOT NULL, recorded_at TIMESTAMP_S NOT NULL,
  message_id BIGINT, effect VARCHAR NOT NULL
);

CREATE TABLE sms_links (link_id BIGINT NOT NULL, code VARCHAR PRIMARY KEY, message_id BIGINT NOT NULL, url VARCHAR NOT NULL);
CREATE TABLE sms_clicks (link_id BIGINT NOT NULL, clicked_at TIMESTAMP_S NOT NULL);

-- Texts from customers, stored before anything is done about them.
-- meaning: opt_out, opt_in, help, review, reaction, conversation; null until acted on.
-- decision, on a review: unsubscribed or dismissed; null while somebody has to decide.
CREATE TABLE sms_inbound (
  inbound_id BIGINT NOT NULL, carrier VARCHAR NOT NULL, carrier_id VARCHAR NOT NULL, sender VARCHAR NOT NULL,
  recipient VARCHAR NOT NULL, body VARCHAR NOT NULL, occurred_at TIMESTAMP_S NOT NULL, recorded_at TIMESTAMP_S NOT NULL,
  profile_id INTEGER, meaning VARCHAR, decision VARCHAR,
  PRIMARY KEY (carrier, carrier_id)
);
