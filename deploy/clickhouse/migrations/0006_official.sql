-- Months that are closed. Nothing here is ever replaced, updated or deleted: a correction is a further revision.

-- One row per frozen revision, written last: without it, rows of official_scores are an attempt that came to nothing.
-- The deduplication window makes the server keep the first row of each insert token, and the token is month and
-- revision: of two closers at once exactly one freezes, whatever they computed. In a cluster
-- (ReplicatedMergeTree) the setting is replicated_deduplication_window, with
-- replicated_deduplication_window_seconds as long as the table lives.
CREATE TABLE IF NOT EXISTS official_months
(
    month         Date,
    revision      UInt32,
    attempt       UUID COMMENT 'whose rows of official_scores belong to it',
    closed_at     DateTime64(6, 'UTC'),
    reason        String COMMENT 'why it was frozen again; empty for revision 1',
    simulated     Bool COMMENT 'with observations of the demo feed: never official',
    normaliser    LowCardinality(String),
    rules_version LowCardinality(String),
    rules         String COMMENT 'the whole rules as JSON, as in the document',
    code_version  String COMMENT 'package version and SHA-256 over the sources that decide the result',
    changes_under Array(String) COMMENT 'normalisers under which the first three would be others',
    sha256        String COMMENT 'of the document, in hexadecimal digits',
    document      String COMMENT 'canonical JSON of month, rules, inputs and results'
)
ENGINE = MergeTree
ORDER BY (month, revision)
SETTINGS non_replicated_deduplication_window = 1000000;

-- The document's scores as rows, for easy reading.
CREATE TABLE IF NOT EXISTS official_scores
(
    month           Date,
    revision        UInt32,
    attempt         UUID,
    account_id      String,
    peer_group      LowCardinality(String),
    score           Nullable(Float64),
    rank            Nullable(UInt32),
    posts_missing   UInt32 COMMENT 'posts short of the minimum that is ranked',
    completeness    Float64,
    incomplete      Bool,
    parts           String COMMENT 'JSON of ScoreParts',
    positive        UInt64,
    neutral         UInt64,
    negative        UInt64,
    simulated       Bool,
    other_ranks     String COMMENT 'JSON: rank under each other normaliser'
)
ENGINE = MergeTree
ORDER BY (month, revision, attempt, account_id);
