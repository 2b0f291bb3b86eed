-- One row: the guards that the buckets were made with, and how far a rebuild has come. Scoring refuses to mix buckets
-- of different guards (services/scoring/guards.py).
CREATE TABLE IF NOT EXISTS bucket_rules
(
    guards        String COMMENT 'JSON, keys sorted',
    rules_version String,
    rebuilding    Bool COMMENT 'a rebuild was begun and has not ended',
    rebuilt_until String COMMENT 'accounts up to this one are done',
    recorded_at   DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = ReplacingMergeTree(recorded_at)
ORDER BY tuple();

-- The clock that `scores` has too: of two workers at once, the one that read the buckets later is right.
ALTER TABLE score_ticks ADD COLUMN IF NOT EXISTS version UInt64;
