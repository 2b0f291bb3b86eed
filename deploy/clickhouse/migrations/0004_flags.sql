-- What a comment's text is recognised by once the text has expired (services/scoring/prints.py). Rows that came before
-- have 0 in text_print: unknown, so never flagged for their text, until the comment is read again.
ALTER TABLE comments ADD COLUMN IF NOT EXISTS text_print UInt64;

ALTER TABLE comments ADD COLUMN IF NOT EXISTS words UInt16 COMMENT 'different words; 0: emoji and mentions alone';

-- What people decided about flags, against the rules. A fact like the others: the sorting key is the flag's identity,
-- and of all reviews of one flag the latest holds. An empty verdict withdraws.
CREATE TABLE IF NOT EXISTS flag_reviews
(
    account_id  String,
    platform    LowCardinality(String),
    post_id     String,
    flag        LowCardinality(String),
    verdict     LowCardinality(String) COMMENT 'overturned, upheld or empty',
    reviewed_by LowCardinality(String) COMMENT 'name of the API key, no person''s data',
    reason      String,
    reviewed_at DateTime64(6, 'UTC'),
    version     UInt128
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (account_id, platform, post_id, flag);

-- The same events, none replaced by a later one: who decided what and when. The key makes a replay change nothing.
CREATE TABLE IF NOT EXISTS flag_audit
(
    reviewed_at DateTime64(6, 'UTC'),
    account_id  String,
    platform    LowCardinality(String),
    post_id     String,
    flag        LowCardinality(String),
    verdict     LowCardinality(String),
    reviewed_by LowCardinality(String),
    reason      String,
    version     UInt128
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (reviewed_at, account_id, platform, post_id, flag);
