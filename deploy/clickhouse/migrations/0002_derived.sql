-- Everything here can be dropped and rebuilt from the facts. Rows carry absolute values, never increments;
-- `version` is the server's clock in microseconds, read after the facts were written and before they are read back.

-- What each post gained in each minute. post_id is empty for comments without a post.
CREATE TABLE post_buckets
(
    account_id        String,
    platform          LowCardinality(String),
    post_id           String,
    minute            DateTime('UTC'),
    views             UInt64,
    likes             UInt64,
    comments_reported UInt64 COMMENT 'gain of the platform''s own comment counter',
    posts             UInt64 COMMENT '1 in the minute of publication of a post that counts',
    comments          UInt64 COMMENT 'comments that count after the guards',
    positive          UInt64,
    neutral           UInt64,
    negative          UInt64,
    comments_observed UInt64 COMMENT 'comments of others before the guards',
    replies           UInt64 COMMENT 'comments that got their first answer from the account',
    reply_seconds     UInt64 COMMENT 'waiting time of those comments, summed',
    views_readings    UInt64 COMMENT 'readings that gave this metric',
    likes_readings    UInt64,
    comments_readings UInt64,
    simulated         UInt64 COMMENT 'observations made by the demo feed',
    newest_at         DateTime64(6, 'UTC'),
    version           UInt64,
    INDEX version_range version TYPE minmax
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (account_id, platform, post_id, minute);

-- The same rows in the order of time, for windows over all accounts.
CREATE TABLE post_buckets_by_minute AS post_buckets
ENGINE = ReplacingMergeTree(version)
ORDER BY (minute, account_id, platform, post_id);

CREATE MATERIALIZED VIEW post_buckets_to_minute TO post_buckets_by_minute AS SELECT * FROM post_buckets;

CREATE TABLE hour_buckets
(
    hour              DateTime('UTC'),
    account_id        String,
    platform          LowCardinality(String),
    views             UInt64,
    likes             UInt64,
    comments_reported UInt64,
    posts             UInt64,
    comments          UInt64,
    positive          UInt64,
    neutral           UInt64,
    negative          UInt64,
    comments_observed UInt64,
    replies           UInt64,
    reply_seconds     UInt64,
    views_readings    UInt64,
    likes_readings    UInt64,
    comments_readings UInt64,
    simulated         UInt64,
    newest_at         DateTime64(6, 'UTC'),
    version           UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (hour, account_id, platform);

-- What each post of a month's cohort gained until the month closes: month end + 72 h, Asia/Jakarta.
CREATE TABLE month_buckets
(
    month             Date,
    account_id        String,
    platform          LowCardinality(String),
    post_id           String,
    views             UInt64,
    likes             UInt64,
    comments_reported UInt64,
    posts             UInt64,
    comments          UInt64,
    positive          UInt64,
    neutral           UInt64,
    negative          UInt64,
    comments_observed UInt64,
    replies           UInt64,
    reply_seconds     UInt64,
    views_readings    UInt64,
    likes_readings    UInt64,
    comments_readings UInt64,
    simulated         UInt64,
    newest_at         DateTime64(6, 'UTC'),
    version           UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (month, account_id, platform, post_id);

-- Whether a post counts under the daily limit, as the buckets have it.
CREATE TABLE post_flags
(
    account_id String,
    platform   LowCardinality(String),
    post_id    String,
    counted    Bool,
    version    UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (account_id, platform, post_id);

-- What a flush recomputes, written before it does; one without its row in `flushes` is repeated after a crash.
CREATE TABLE flush_posts
(
    flush_id   UInt64,
    account_id String,
    platform   LowCardinality(String),
    post_id    String,
    at         DateTime('UTC') DEFAULT now('UTC')
)
ENGINE = MergeTree
ORDER BY (flush_id, account_id, platform, post_id)
TTL at + INTERVAL 7 DAY;

-- One row per flush that is complete, with the months whose figures it changed. Kept longer than flush_posts, so
-- that an expired flush never looks unfinished.
CREATE TABLE flushes
(
    flush_id    UInt64,
    buckets     UInt64 COMMENT 'bucket rows that changed',
    months      Array(Date),
    finished_at DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = MergeTree
ORDER BY flush_id
TTL toDateTime(finished_at) + INTERVAL 14 DAY;

CREATE TABLE scores
(
    window           LowCardinality(String) COMMENT '1h, 24h, 7d, 30d or month',
    period           LowCardinality(String) COMMENT 'YYYY-MM of a month, empty otherwise',
    account_id       String,
    at               DateTime64(6, 'UTC') COMMENT 'instant that the figures stand for',
    score            Nullable(Float64),
    rank             Nullable(UInt32),
    completeness     Float64,
    incomplete       Bool,
    parts            String COMMENT 'JSON of ScoreParts',
    positive         UInt64,
    neutral          UInt64,
    negative         UInt64,
    simulated        Bool,
    newest_event_at  Nullable(DateTime64(6, 'UTC')),
    rules_version    LowCardinality(String),
    normaliser       LowCardinality(String),
    computed_at      DateTime64(6, 'UTC'),
    version          UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (window, period, account_id);

-- One row: the instant for which all scores were last computed, changed or not.
CREATE TABLE score_ticks
(
    at          DateTime64(6, 'UTC'),
    computed_at DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(computed_at)
ORDER BY tuple();
