"""Every metric of every service, a sentence each. Base units; labels have few, known values."""

from prometheus_client import Counter, Gauge, Histogram

# From seconds that a person would not notice to an hour in which a matter gets out of hand.
_AGE_BUCKETS = (0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300, 900, 3600)
_WORK_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SIZE_BUCKETS = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000)

CONSUMER_LAG = Gauge(
    "pantau_consumer_lag_messages", "Messages waiting behind the consumer's position.", ["topic", "partition"]
)
EVENT_AGE = Histogram(
    "pantau_event_age_seconds",
    "Age of an event, from ingest's receipt to the end of the stage.",
    ["stage"],
    buckets=_AGE_BUCKETS,
)
BATCH_ROWS = Histogram(
    "pantau_batch_rows", "Events handled together in one batch.", ["service"], buckets=_SIZE_BUCKETS
)
BATCH_SECONDS = Histogram(
    "pantau_batch_seconds",
    "Time from the first event of a batch to its commit.",
    ["service"],
    buckets=_WORK_BUCKETS,
)
EVENTS = Counter("pantau_events_total", "Events whose effect is stored or published.", ["service", "type"])
DEAD_LETTERS = Counter("pantau_dead_letters_total", "Records sent to dead letters.", ["service", "reason"])
LAST_COMMIT = Gauge(
    "pantau_last_commit_timestamp_seconds", "Unix time of the consumer's last committed batch.", ["service"]
)
RETRIES = Counter(
    "pantau_retries_total", "Calls repeated after a failure that may pass.", ["service", "call"]
)
STALLS = Counter("pantau_stalls_total", "Times the watchdog ended the process for lack of progress.")
EVENT_LOOP_LAG = Gauge(
    "pantau_event_loop_lag_seconds", "How late the event loop woke from its last one-second sleep."
)
REBALANCES = Counter(
    "pantau_rebalances_total", "Times the consumer's partitions were assigned anew.", ["service"]
)
ASSIGNED_PARTITIONS = Gauge("pantau_assigned_partitions", "Partitions assigned to this process.", ["service"])

INGEST_EVENTS = Counter(
    "pantau_ingest_events_total", "Events offered to ingest, by outcome.", ["type", "outcome"]
)
INGEST_EVENTS_AHEAD = Counter(
    "pantau_ingest_events_ahead_total",
    "Accepted events dated more than five minutes after their arrival: a sender's clock or zone is wrong.",
    ["type"],
)
INGEST_PUBLISH_SECONDS = Histogram(
    "pantau_ingest_publish_seconds",
    "Time until Kafka acknowledged a request's events.",
    buckets=_WORK_BUCKETS,
)

INFERENCE_SECONDS = Histogram(
    "pantau_inference_seconds", "Model time of one batch of comments.", buckets=_WORK_BUCKETS
)
INFERENCE_ROWS = Histogram(
    "pantau_inference_batch_rows", "Comments labelled in one model call.", buckets=_SIZE_BUCKETS
)
LABELS = Counter("pantau_labels_total", "Comments labelled.", ["label"])
LABEL_CONFIDENCE = Histogram(
    "pantau_label_confidence_ratio",
    "Probability of the label that was given.",
    buckets=(0.34, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1),
)
LABEL_CACHE_HITS = Counter(
    "pantau_label_cache_hits_total", "Comments answered from the cache of identical texts."
)
LABEL_TOKENS = Counter("pantau_label_tokens_total", "Tokens that the model read.")
LABEL_UNKNOWN_TOKENS = Counter(
    "pantau_label_unknown_tokens_total", "Tokens that the model's vocabulary does not know."
)
QUEUE_AGE = Gauge(
    "pantau_queue_age_seconds",
    "Age of the last batch's oldest comment when it was labelled; 0 when none waits.",
)

INSERT_SECONDS = Histogram(
    "pantau_insert_seconds", "Time of one insert into ClickHouse.", ["table"], buckets=_WORK_BUCKETS
)
BUCKETS_WRITTEN = Counter(
    "pantau_buckets_written_total", "Bucket rows whose values changed and were written."
)
SCORES_CHANGED = Counter("pantau_scores_changed_total", "Scores that changed and were published.", ["window"])
SCORING_TICK_SECONDS = Histogram(
    "pantau_scoring_tick_seconds",
    "Time to compute every account's score in every window.",
    buckets=_WORK_BUCKETS,
)
SCORE_STALENESS = Gauge(
    "pantau_score_staleness_seconds", "Age of the last completed computation of all scores."
)
NEWEST_ARRIVAL = Gauge(
    "pantau_newest_arrival_timestamp_seconds",
    "Unix time of the newest stored arrival at ingest, of all active accounts; 0: none, or another worker's.",
)
MONTH_OVERDUE = Gauge(
    "pantau_month_overdue_seconds",
    "How long the latest mature month has been waiting to be closed; 0: nothing is due.",
)
NEWEST_CLOSED_MONTH = Gauge(
    "pantau_newest_closed_month_timestamp_seconds", "Unix time at which the newest official month ended."
)

JOB_SECONDS = Histogram(
    "pantau_job_seconds", "Time of one round of a scheduled job.", ["task"], buckets=_AGE_BUCKETS
)
JOB_FAILURES = Counter(
    "pantau_job_failures_total", "Rounds of a scheduled job that failed and will be tried again.", ["task"]
)
JOB_SUCCEEDED = Gauge(
    "pantau_job_last_success_timestamp_seconds",
    "Unix time at which a scheduled job last succeeded.",
    ["task"],
)

HTTP_REQUESTS = Counter(
    "pantau_http_requests_total", "HTTP requests.", ["service", "route", "method", "status"]
)
HTTP_SECONDS = Histogram(
    "pantau_http_request_seconds",
    "Time to the end of the response.",
    ["service", "route"],
    buckets=_WORK_BUCKETS,
)
STREAM_CLIENTS = Gauge("pantau_stream_clients", "Open server-sent event streams.")
