-- The buckets that a flush changes, before they go to post_buckets under the same version, which is the flush's id.
CREATE TABLE IF NOT EXISTS flush_buckets AS post_buckets
ENGINE = MergeTree
ORDER BY (version, account_id, platform, post_id, minute)
TTL toDateTime(intDiv(version, 1000000), 'UTC') + INTERVAL 1 DAY;
