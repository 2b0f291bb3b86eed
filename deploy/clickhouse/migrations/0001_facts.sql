-- What was observed. The sorting key is the identity: a duplicate, an edit, a relabel or a replay replaces
-- its row, and `version` (services/contracts/precedence.py) says which of two observations holds.
-- In a cluster only the engine's name changes: ReplicatedReplacingMergeTree.

CREATE TABLE accounts
(
    account_id    String,
    name          String,
    short_name    String,
    kind          LowCardinality(String),
    active        Bool,
    onboarded_at  DateTime64(6, 'UTC'),
    registered_at DateTime64(6, 'UTC'),
    version       UInt128
)
ENGINE = ReplacingMergeTree(version)
ORDER BY account_id;

CREATE TABLE posts
(
    account_id   String,
    platform     LowCardinality(String),
    post_id      String,
    published_at DateTime64(6, 'UTC'),
    kind         LowCardinality(String),
    text         String,
    permalink    String,
    giveaway     Bool,
    boosted      Bool,
    deleted      Bool,
    simulated    Bool,
    observed_at  DateTime64(6, 'UTC'),
    received_at  DateTime64(6, 'UTC'),
    version      UInt128
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (account_id, platform, post_id);

CREATE TABLE metric_readings
(
    account_id         String,
    platform           LowCardinality(String),
    post_id            String,
    observed_at        DateTime64(6, 'UTC'),
    views              Nullable(UInt64),
    likes              Nullable(UInt64),
    comments           Nullable(UInt64),
    shares             Nullable(UInt64),
    saves              Nullable(UInt64),
    definition_version LowCardinality(String),
    simulated          Bool,
    received_at        DateTime64(6, 'UTC'),
    version            UInt128
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (account_id, platform, post_id, observed_at);

CREATE TABLE follower_readings
(
    account_id  String,
    platform    LowCardinality(String),
    observed_at DateTime64(6, 'UTC'),
    followers   UInt64,
    simulated   Bool,
    received_at DateTime64(6, 'UTC'),
    version     UInt128
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (account_id, platform, observed_at);

-- post_id is empty for a comment without a post. The masked text is dropped 90 days after it was received.
CREATE TABLE comments
(
    account_id    String,
    platform      LowCardinality(String),
    post_id       String,
    comment_id    String,
    parent_id     String,
    author        String,
    by_account    Bool,
    text          String TTL toDateTime(received_at) + INTERVAL 90 DAY,
    created_at    DateTime64(6, 'UTC'),
    deleted       Bool,
    label         LowCardinality(String),
    negative      Float32,
    neutral       Float32,
    positive      Float32,
    model_version LowCardinality(String),
    simulated     Bool,
    observed_at   DateTime64(6, 'UTC'),
    received_at   DateTime64(6, 'UTC'),
    labelled_at   DateTime64(6, 'UTC'),
    version       UInt128,
    INDEX created_at_range created_at TYPE minmax
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (account_id, platform, post_id, comment_id);
