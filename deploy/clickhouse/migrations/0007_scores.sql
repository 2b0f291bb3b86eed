-- Who an account was ranked among, and how many counted posts it is short of being ranked in a month that ended.
ALTER TABLE scores
    ADD COLUMN IF NOT EXISTS peer_group LowCardinality(String) DEFAULT '',
    ADD COLUMN IF NOT EXISTS posts_missing UInt32 DEFAULT 0;
