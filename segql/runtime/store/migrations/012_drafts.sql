-- Campaigns that are written and not yet sent: their status is "draft".

-- Who wrote or started it last, where that was said, and how often it was saved: whoever saves or sends what somebody
-- else has changed since they looked is told so.
ALTER TABLE sms_campaigns ADD COLUMN actor VARCHAR;
ALTER TABLE sms_campaigns ADD COLUMN saves INTEGER DEFAULT 0;
