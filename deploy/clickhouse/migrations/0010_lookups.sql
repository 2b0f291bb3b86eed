-- Where to look, so that a flush reads what it touches and not all that is stored. The engine keeps both with the
-- facts. A row here may be out of date (a post moved to another day, an answer deleted): readers ask the facts.

-- The posts of a day, for the daily limit.
CREATE TABLE IF NOT EXISTS post_days
(
    account_id String,
    platform   LowCardinality(String),
    day        Date COMMENT 'of publication, Asia/Jakarta',
    post_id    String
)
ENGINE = ReplacingMergeTree
ORDER BY (account_id, platform, day, post_id)
SETTINGS index_granularity = 256;

CREATE MATERIALIZED VIEW IF NOT EXISTS posts_to_days TO post_days AS
SELECT account_id, platform, toDate(published_at, 'Asia/Jakarta') AS day, post_id FROM posts;

-- Comments by the account itself that answer another, for answering times.
CREATE TABLE IF NOT EXISTS answers
(
    account_id String,
    platform   LowCardinality(String),
    post_id    String,
    comment_id String,
    parent_id  String
)
ENGINE = ReplacingMergeTree
ORDER BY (account_id, platform, post_id, comment_id, parent_id)
SETTINGS index_granularity = 256;

CREATE MATERIALIZED VIEW IF NOT EXISTS comments_to_answers TO answers AS
SELECT account_id, platform, post_id, comment_id, parent_id FROM comments WHERE by_account AND parent_id != '';

-- After the views, so that nothing is missed that is written meanwhile.
INSERT INTO post_days SELECT account_id, platform, toDate(published_at, 'Asia/Jakarta'), post_id FROM posts;

INSERT INTO answers
SELECT account_id, platform, post_id, comment_id, parent_id FROM comments WHERE by_account AND parent_id != '';

-- Which of a flush's posts changed in a month that they still belong to.
CREATE TABLE IF NOT EXISTS flush_month_posts
(
    flush_id   UInt64,
    account_id String,
    platform   LowCardinality(String),
    post_id    String,
    at         DateTime('UTC') DEFAULT now('UTC')
)
ENGINE = MergeTree
ORDER BY (flush_id, account_id, platform, post_id)
TTL at + INTERVAL 1 DAY;
