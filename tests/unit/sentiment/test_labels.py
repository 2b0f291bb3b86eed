import pytest

from pantau.contracts.fields import Label
from services.sentiment.inference.labels import UnknownLabelsError, columns, label_named


@pytest.mark.parametrize(
    ("id2label", "expected"),
    [
        ({0: "negative", 1: "neutral", 2: "positive"}, (0, 1, 2)),
        ({0: "Positive", 1: "Neutral", 2: "Negative"}, (2, 1, 0)),
        ({0: "positif", 1: "NEGATIF", 2: "netral"}, (1, 2, 0)),
        ({0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2"}, (2, 1, 0)),
        ({0: "neu", 1: " pos ", 2: "NEG"}, (2, 0, 1)),
    ],
)
def test_names_map_whatever_their_order_and_language(
    id2label: dict[int, str], expected: tuple[int, int, int]
) -> None:
    assert columns(id2label) == expected


@pytest.mark.parametrize(
    "id2label",
    [
        {0: "anger", 1: "happy", 2: "sadness"},
        {0: "negative", 1: "positive"},
        {0: "negative", 1: "neutral", 2: "positive", 3: "mixed"},
        {0: "negative", 1: "negatif", 2: "positive"},
        {0: "LABEL_0", 1: "LABEL_1"},
        {1: "negative", 2: "neutral", 3: "positive"},
        {},
    ],
)
def test_names_that_do_not_map_are_listed(id2label: dict[int, str]) -> None:
    with pytest.raises(UnknownLabelsError, match="id2label") as caught:
        columns(id2label)
    assert all(repr(name) in str(caught.value) for name in id2label.values())


def test_one_name() -> None:
    assert label_named(" Netral") is Label.NEUTRAL
    with pytest.raises(UnknownLabelsError, match="senang"):
        label_named("senang")
