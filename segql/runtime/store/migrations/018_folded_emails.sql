-- Beside each e-mail address the same folded, by which a person is found and by which the consent log knows the address: no
-- query need fold everybody's.
ALTER TABLE profiles ADD COLUMN "email (folded)" VARCHAR;
UPDATE profiles SET "email (folded)" = nfc_normalize(lower(nfc_normalize(email))) WHERE email IS NOT NULL;
