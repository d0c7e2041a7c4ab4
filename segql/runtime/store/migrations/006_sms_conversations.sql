-- SMS: conversations, replies that somebody wrote, custom keywords, requests for sending numbers, texts that are
-- forwarded by e-mail, and the feed of what changes.

-- How many pictures came with a text. They are not kept.
ALTER TABLE sms_inbound ADD COLUMN pictures INTEGER DEFAULT 0;

-- What somebody did with the conversation with a number: read, or put into the archive, up to a text (inbound_id). A
-- newer text is unread, and brings the conversation back.
CREATE TABLE sms_conversations (number VARCHAR PRIMARY KEY, read_to BIGINT NOT NULL, archived_to BIGINT NOT NULL);

-- Who wrote a message of the purpose "conversation", and which text its writer answers.
CREATE TABLE sms_replies (message_id BIGINT NOT NULL, inbound_id BIGINT NOT NULL, actor VARCHAR NOT NULL);

-- What changed in conversations, in the order in which it was written, for pages that show them. what: text, reply, read,
-- archived, unarchived, blocked, unblocked, consent, decided. number: null where its person was erased.
CREATE TABLE sms_feed (position BIGINT NOT NULL, what VARCHAR NOT NULL, number VARCHAR, occurred_at TIMESTAMP_S NOT NULL);

-- Texts that still have to be forwarded by e-mail; a row goes when the mail server has taken the mail.
CREATE TABLE sms_forwards (
  inbound_id BIGINT NOT NULL, address VARCHAR NOT NULL, attempts INTEGER NOT NULL, due_at TIMESTAMP_S NOT NULL,
  failure VARCHAR               -- what the mail server said the last time
);

-- Words of the account's own. key: the word as texts are compared with it. opt_in: single, double.
CREATE TABLE sms_keywords (
  key VARCHAR PRIMARY KEY, word VARCHAR NOT NULL, list VARCHAR NOT NULL, opt_in VARCHAR NOT NULL, reply VARCHAR
);

-- Further sending numbers that were asked for, until they are activated (then they are in sms_numbers).
CREATE TABLE sms_number_requests (
  request_id INTEGER NOT NULL, kind VARCHAR NOT NULL, name VARCHAR, countries VARCHAR[] NOT NULL,
  requested_at TIMESTAMP_S NOT NULL, actor VARCHAR NOT NULL, number VARCHAR, activated_at TIMESTAMP_S
);
