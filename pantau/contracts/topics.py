"""The names of the topics; partitions and retention are data in deploy/kafka/topics.yml."""

ACCOUNTS = "social.accounts"
POSTS = "social.posts"
COMMENTS = "social.comments"
LABELLED = "social.comments.labelled"
CORRECTIONS = "social.corrections"
SCORES = "social.scores"
DEAD_LETTERS = "social.dead-letters"
DEAD_LETTER_DECISIONS = "social.dead-letter-decisions"

ALL = (ACCOUNTS, POSTS, COMMENTS, LABELLED, CORRECTIONS, SCORES, DEAD_LETTERS, DEAD_LETTER_DECISIONS)
