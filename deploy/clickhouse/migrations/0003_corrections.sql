-- What people say of comments, against the model. A fact like the others: the sorting key is the comment's identity,
-- and of all corrections of one comment the latest holds. An empty label withdraws.
CREATE TABLE IF NOT EXISTS label_corrections
(
    account_id   String,
    platform     LowCardinality(String),
    post_id      String,
    comment_id   String,
    label        LowCardinality(String),
    corrected_by LowCardinality(String) COMMENT 'name of the API key, no person''s data',
    reason       String,
    corrected_at DateTime64(6, 'UTC'),
    version      UInt128
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (account_id, platform, post_id, comment_id);

-- The same events, none replaced by a later one: who said what and when. The key makes a replay change nothing.
CREATE TABLE IF NOT EXISTS label_audit
(
    corrected_at DateTime64(6, 'UTC'),
    account_id   String,
    platform     LowCardinality(String),
    post_id      String,
    comment_id   String,
    label        LowCardinality(String),
    corrected_by LowCardinality(String),
    reason       String,
    version      UInt128
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (corrected_at, account_id, platform, post_id, comment_id);

-- A correction names a comment by its id alone; without this, finding it reads every comment's id.
ALTER TABLE comments ADD INDEX IF NOT EXISTS comment_id_known comment_id TYPE bloom_filter(0.01) GRANULARITY 4;

ALTER TABLE comments MATERIALIZE INDEX comment_id_known;
