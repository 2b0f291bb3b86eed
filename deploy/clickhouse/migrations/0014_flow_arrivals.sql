-- When what is stored of each flow arrived last, by ingest's clock: posts with their readings come straight from Kafka,
-- comments after they have a label, and either may stand still alone. The engine keeps it with the facts, at the cost of
-- one row for each block that is written; scoring may run meanwhile.
CREATE TABLE IF NOT EXISTS flow_arrivals
(
    flow               LowCardinality(String) COMMENT 'posts or comments',
    newest_received_at SimpleAggregateFunction(max, DateTime64(6, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY flow;

CREATE MATERIALIZED VIEW IF NOT EXISTS posts_to_flow_arrivals TO flow_arrivals AS
SELECT 'posts' AS flow, max(received_at) AS newest_received_at FROM posts GROUP BY flow;

CREATE MATERIALIZED VIEW IF NOT EXISTS metric_readings_to_flow_arrivals TO flow_arrivals AS
SELECT 'posts' AS flow, max(received_at) AS newest_received_at FROM metric_readings GROUP BY flow;

CREATE MATERIALIZED VIEW IF NOT EXISTS follower_readings_to_flow_arrivals TO flow_arrivals AS
SELECT 'posts' AS flow, max(received_at) AS newest_received_at FROM follower_readings GROUP BY flow;

CREATE MATERIALIZED VIEW IF NOT EXISTS comments_to_flow_arrivals TO flow_arrivals AS
SELECT 'comments' AS flow, max(received_at) AS newest_received_at FROM comments GROUP BY flow;

-- After the views, so that nothing is missed that is written meanwhile.
INSERT INTO flow_arrivals SELECT 'posts' AS flow, max(received_at) FROM posts GROUP BY flow;

INSERT INTO flow_arrivals SELECT 'posts' AS flow, max(received_at) FROM metric_readings GROUP BY flow;

INSERT INTO flow_arrivals SELECT 'posts' AS flow, max(received_at) FROM follower_readings GROUP BY flow;

INSERT INTO flow_arrivals SELECT 'comments' AS flow, max(received_at) FROM comments GROUP BY flow;
