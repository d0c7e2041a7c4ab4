-- Campaigns that pause themselves, and texts that wait a day for a decision.

-- When it was last resumed: what carriers filtered before does not pause it again.
ALTER TABLE sms_campaigns ADD COLUMN watched_from TIMESTAMP_S;

-- What waits for somebody to decide whether its person opted out waits for a day.
UPDATE sms_messages SET due_at = queued_at + INTERVAL 1 DAY WHERE state = 'held' AND reason = 'in_review';
