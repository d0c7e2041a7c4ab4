-- Rows for every table of the first released version, of so many people and events as the program says.
INSERT INTO settings VALUES ('account', '{"name": "Acme", "country": "US", "timezone": "America/New_York"}'),
  ('sms', '{"prefix": "Acme"}');
ALTER TABLE profiles ADD COLUMN "Größe ""x""" DOUBLE;
ALTER TABLE profiles ADD COLUMN tags VARCHAR[];
ALTER TABLE profiles ADD COLUMN address VARIANT;
INSERT INTO attributes VALUES
  ('Größe "x"', 'größe "x"', 'number'), ('tags', 'tags', 'list'), ('address', 'address', 'object');
INSERT INTO profiles (profile_id, external_id, email, phone_number, phone_valid, phone_country, first_name, created,
  "Größe ""x""", tags, address)
  SELECT range, 'p' || range, 'P' || range || '@x.example', '+1212555' || printf('%04d', range), true, 'US', 'N' || range,
  TIMESTAMP_S '2026-01-01' + INTERVAL (range) HOUR, range / 4, ['a', 'b' || range], {'city': 'c' || range}::VARIANT
  FROM range($people);
INSERT INTO metrics VALUES (1, 'Placed Order', 'placed order', 'Total', 'Campaign'), (2, 'Viewed', 'viewed', NULL, NULL);
INSERT INTO event_properties VALUES (1, 'Total', 'total', 'number'), (1, 'Campaign', 'campaign', 'text'),
  (2, 'page', 'page', 'text');
INSERT INTO labels VALUES (1, 'Spring'), (2, 'Autumn');
INSERT INTO events SELECT hash(range), range % $people, 1 + range % 2, TIMESTAMP_S '2026-01-01' + INTERVAL (range) MINUTE,
  if(range % 2 = 0, range * 100, NULL), if(range % 2 = 0, 1 + (range // 2) % 2, NULL),
  if(range % 2 = 1, {'page': 'page ' || range, 'items': [{'sku': 's' || range}]}::VARIANT, NULL) FROM range($events);
UPDATE store_state SET tail_rows = $events, tail_from = '2026-01-01';
INSERT INTO consents SELECT range, 'sms', 'marketing', '+1212555' || printf('%04d', range), 'subscribed',
  TIMESTAMP_S '2026-02-01', TIMESTAMP_S '2026-02-01', 'form', 'page ' || range, 'import' FROM range($people);
INSERT INTO consent_periods SELECT range, 'sms', 'marketing', 'subscribed', TIMESTAMP_S '2026-02-01',
  TIMESTAMP_S '9999-12-31' FROM range($people);
INSERT INTO lists VALUES (1, 'VIP', 'vip');
INSERT INTO list_periods SELECT 1, range, TIMESTAMP_S '2026-02-01', TIMESTAMP_S '9999-12-31' FROM range($people);
INSERT INTO segments VALUES ('VIPs', 'vips', 'in list "VIP"', 'our best', '2026-03-01'),
  ('Buyers', 'buyers', 'did "Placed Order"', NULL, '2026-03-02');
INSERT INTO postal_codes VALUES ('US', '10001', 40.7, -74.0);
INSERT INTO places VALUES ('HQ', 'hq', 40.7, -74.0);
INSERT INTO sms_numbers VALUES ('+18005550100', 'toll_free', 'US', '2026-01-01');
INSERT INTO sms_settings_log VALUES ('2026-01-01', 'ann', 'owner', 'prefix', '""', '"Acme"');
INSERT INTO sms_ledger VALUES ('2026-01-01', 100, 50, 'set up', NULL, 'ann');
INSERT INTO sms_campaigns VALUES (1, 'Sale', 'sale', '{"text": "Hi"}', false, '2026-04-01');
INSERT INTO sms_messages SELECT range, 1, 'marketing', range, '+1212555' || printf('%04d', range), 'US', '+18005550100', 'Hi',
  1, 1, false, 'delivered', NULL, NULL, 1, '2026-04-01', '2026-04-01', '2026-04-01', 'simulated', 'c' || range, 0
  FROM range($people);
INSERT INTO sms_receipts VALUES (1, 'simulated', 'c1', 'ok', 'delivered', NULL, '2026-04-01', '2026-04-01', 1, 'applied');
INSERT INTO sms_links VALUES (1, 'abc', 1, 'https://shop.example');
INSERT INTO sms_clicks VALUES (1, '2026-04-02');
INSERT INTO sms_inbound VALUES (1, 'simulated', 'i1', '+12125550001', '+18005550100', 'hello', '2026-04-03', '2026-04-03', 1,
  'conversation', NULL);
