-- Which text a correction was said of (the first 16 hexadecimal digits of its SHA-256), to tell an edit after it. Empty: not known.
ALTER TABLE label_corrections ADD COLUMN IF NOT EXISTS text_digest String DEFAULT '';

ALTER TABLE label_audit ADD COLUMN IF NOT EXISTS text_digest String DEFAULT '';
