from pathlib import Path

import pytest
from pydantic import ValidationError

from deploy.kafka.topics import read_topics
from pantau.contracts import topics as names

DAY_MS = 24 * 60 * 60 * 1000


def test_file_holds_every_topic_of_the_contract() -> None:
    assert tuple(topic.name for topic in read_topics()) == names.ALL


def test_topics_keyed_by_account_have_the_same_partitions() -> None:
    partitions = {topic.name: topic.partitions for topic in read_topics()}
    assert (
        len({partitions[name] for name in (names.ACCOUNTS, names.POSTS, names.COMMENTS, names.LABELLED)}) == 1
    )


def test_only_states_are_compacted() -> None:
    compacted = {topic.name for topic in read_topics() if topic.configs["cleanup.policy"] == "compact"}
    assert compacted == {names.ACCOUNTS, names.SCORES}


def test_comments_are_not_kept_longer_than_a_week() -> None:
    configs = {topic.name: topic.configs for topic in read_topics()}
    assert configs[names.COMMENTS]["retention.ms"] == configs[names.LABELLED]["retention.ms"] == 7 * DAY_MS


def test_misspelt_entry_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "topics.yml"
    path.write_text("a: {meaning: x, partition: 1, configs: {}}")
    with pytest.raises(ValidationError):
        read_topics(path)
