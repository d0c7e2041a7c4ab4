-- Campaigns that wait, pause and stop; flows; coupons; pictures; what became of a message step by step.

-- kind: campaign, flow. status: scheduled, running, paused, stopped (by a fault of ours, see fault), cancelled.
ALTER TABLE sms_campaigns ADD COLUMN kind VARCHAR DEFAULT 'campaign';
ALTER TABLE sms_campaigns ADD COLUMN status VARCHAR DEFAULT 'running';
ALTER TABLE sms_campaigns ADD COLUMN fault VARCHAR;
-- When the audience is taken, and where each is texted at a time of their own clocks, that time.
ALTER TABLE sms_campaigns ADD COLUMN starts_at TIMESTAMP_S;
ALTER TABLE sms_campaigns ADD COLUMN local_time TIMESTAMP_S;
-- How far a flow has read what sets it off (see sms/triggers.py).
ALTER TABLE sms_campaigns ADD COLUMN position BIGINT;
UPDATE sms_campaigns SET starts_at = started_at;

-- Nobody is texted twice by a campaign, nor twice on one occasion by a flow. Whatever columns the table has, it keeps.
CREATE TABLE sms_messages_again AS SELECT *, 0::INTEGER AS occasion, NULL::VARCHAR AS picture FROM sms_messages;
DROP TABLE sms_messages;
ALTER TABLE sms_messages_again RENAME TO sms_messages;
ALTER TABLE sms_messages ALTER COLUMN occasion SET DEFAULT 0;
ALTER TABLE sms_messages ALTER COLUMN message_id SET NOT NULL;
ALTER TABLE sms_messages ALTER COLUMN purpose SET NOT NULL;
ALTER TABLE sms_messages ALTER COLUMN profile_id SET NOT NULL;
ALTER TABLE sms_messages ALTER COLUMN credits SET NOT NULL;
ALTER TABLE sms_messages ALTER COLUMN trial SET NOT NULL;
ALTER TABLE sms_messages ALTER COLUMN state SET NOT NULL;
ALTER TABLE sms_messages ALTER COLUMN attempts SET NOT NULL;
ALTER TABLE sms_messages ALTER COLUMN queued_at SET NOT NULL;
ALTER TABLE sms_messages ALTER COLUMN contradictions SET NOT NULL;
ALTER TABLE sms_messages ALTER COLUMN occasion SET NOT NULL;
ALTER TABLE sms_messages ADD UNIQUE (campaign_id, number, occasion);

-- Each state that a message came into, only ever appended to.
CREATE TABLE sms_steps (message_id BIGINT NOT NULL, entered_at TIMESTAMP_S NOT NULL, state VARCHAR NOT NULL, reason VARCHAR);

-- Clicks of programs that look at links for somebody are kept, and not counted.
ALTER TABLE sms_clicks ADD COLUMN bot BOOLEAN DEFAULT false;

-- Unique codes. message_id: reserved for it; used_at: a carrier took the text that it is in.
CREATE TABLE sms_coupons (
  pool VARCHAR NOT NULL, code VARCHAR NOT NULL, message_id BIGINT, used_at TIMESTAMP_S, PRIMARY KEY (pool, code)
);

-- How many parts a sending number may still hand over at an instant: below zero it has to wait.
CREATE TABLE sms_allowances (sender VARCHAR PRIMARY KEY, parts DOUBLE NOT NULL, counted_at TIMESTAMP NOT NULL);
