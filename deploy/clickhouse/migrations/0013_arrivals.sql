-- When what came in last of each account and platform, by ingest's clock: ages are measured from it, so that a sender's
-- clock which is wrong makes nothing look new. Maxima alone: neither the order nor a repetition of facts matters. The
-- engine keeps it with the facts, and scoring may run meanwhile. It also knows of observations that were replaced since.
CREATE TABLE IF NOT EXISTS arrivals
(
    account_id         String,
    platform           LowCardinality(String),
    newest_received_at SimpleAggregateFunction(max, DateTime64(6, 'UTC')),
    newest_event_at    SimpleAggregateFunction(max, DateTime64(6, 'UTC')) COMMENT 'observed, never after its arrival',
    newest_ahead       SimpleAggregateFunction(max, Tuple(received_at DateTime64(6, 'UTC'), seconds Int64))
        COMMENT 'the last that was over 5 minutes ahead of its arrival, as pantau/contracts/clocks.py says; or zeros',
    simulated          SimpleAggregateFunction(max, UInt8) COMMENT '1: some were made by the demo feed'
)
ENGINE = AggregatingMergeTree
ORDER BY (account_id, platform);

-- What the facts say of it. Nothing is kept here; `latest` is the latest instant that the event states.
CREATE TABLE IF NOT EXISTS observed
(
    account_id  String,
    platform    LowCardinality(String),
    observed_at DateTime64(6, 'UTC'),
    latest      DateTime64(6, 'UTC'),
    received_at DateTime64(6, 'UTC'),
    simulated   Bool
)
ENGINE = Null;

CREATE MATERIALIZED VIEW IF NOT EXISTS observed_to_arrivals TO arrivals AS
SELECT account_id, platform,
    max(received_at) AS newest_received_at,
    max(least(observed_at, received_at)) AS newest_event_at,
    maxIf((received_at, intDiv(toUnixTimestamp64Micro(latest) - toUnixTimestamp64Micro(received_at), 1000000)),
        latest > received_at + INTERVAL 5 MINUTE) AS newest_ahead,
    max(toUInt8(observed.simulated)) AS simulated
FROM observed
GROUP BY account_id, platform;

CREATE MATERIALIZED VIEW IF NOT EXISTS posts_to_observed TO observed AS
SELECT account_id, platform, observed_at, greatest(observed_at, published_at) AS latest, received_at, simulated
FROM posts;

CREATE MATERIALIZED VIEW IF NOT EXISTS metric_readings_to_observed TO observed AS
SELECT account_id, platform, observed_at, observed_at AS latest, received_at, simulated FROM metric_readings;

CREATE MATERIALIZED VIEW IF NOT EXISTS follower_readings_to_observed TO observed AS
SELECT account_id, platform, observed_at, observed_at AS latest, received_at, simulated FROM follower_readings;

CREATE MATERIALIZED VIEW IF NOT EXISTS comments_to_observed TO observed AS
SELECT account_id, platform, observed_at, greatest(observed_at, created_at) AS latest, received_at, simulated
FROM comments;

-- After the views, so that nothing is missed that is written meanwhile.
INSERT INTO observed
SELECT account_id, platform, observed_at, greatest(observed_at, published_at), received_at, simulated FROM posts;

INSERT INTO observed
SELECT account_id, platform, observed_at, observed_at, received_at, simulated FROM metric_readings;

INSERT INTO observed
SELECT account_id, platform, observed_at, observed_at, received_at, simulated FROM follower_readings;

INSERT INTO observed
SELECT account_id, platform, observed_at, greatest(observed_at, created_at), received_at, simulated FROM comments;
