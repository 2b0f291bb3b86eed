"""deploy/kafka/topics.yml against the names and limits that the code relies on."""

from deploy.kafka.topics import read_topics
from pantau.contracts import topics as names
from pantau.runtime.kafka.publisher import MAX_MESSAGE_BYTES
from services.scoring.worker import SOURCES

TOPICS = {topic.name: topic for topic in read_topics()}


def test_file_and_contract_name_the_same_topics() -> None:
    assert set(TOPICS) == set(names.ALL)


def test_topics_that_faust_reads_together_are_partitioned_alike() -> None:
    """Faust gives one worker the same partitions of all of them: everything of an account."""
    assert len({TOPICS[name].partitions for name in (*SOURCES, names.COMMENTS)}) == 1


def test_producer_may_send_what_the_topics_take() -> None:
    limits = [int(topic.configs.get("max.message.bytes", 0)) for topic in TOPICS.values()]
    assert max(limits) <= MAX_MESSAGE_BYTES


def test_dead_letters_take_a_whole_labelled_message_in_base64() -> None:
    labelled = int(TOPICS[names.LABELLED].configs["max.message.bytes"])
    assert int(TOPICS[names.DEAD_LETTERS].configs["max.message.bytes"]) > labelled * 4 / 3


def test_current_state_is_compacted_and_nothing_else() -> None:
    compacted = {name for name, topic in TOPICS.items() if topic.configs["cleanup.policy"] == "compact"}
    assert compacted == {names.ACCOUNTS, names.SCORES}
