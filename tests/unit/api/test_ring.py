import pytest

from services.api.stream.ring import Ring


def filled(count: int, limit: int = 3) -> tuple[Ring, list[str]]:
    ring = Ring(limit, "abcd")
    ids = []
    for number in range(1, count + 1):
        ids.append(ring.next_id())
        ring.add(str(number).encode())
    return ring, ids


def test_ids_rise_and_name_the_process() -> None:
    assert filled(3)[1] == ["abcd-1", "abcd-2", "abcd-3"]


@pytest.mark.parametrize(
    ("event_id", "missed"),
    [("abcd-5", []), ("abcd-4", [b"5"]), ("abcd-2", [b"3", b"4", b"5"])],
)
def test_what_came_after_an_id_is_told(event_id: str, missed: list[bytes]) -> None:
    assert filled(5)[0].since(event_id) == missed


@pytest.mark.parametrize(
    "event_id",
    [
        "abcd-1",
        "abcd-0",
        "abcd-6",
        "other-4",
        "",
        "abcd",
        "abcd-",
        "abcd--4",
        "abcd-٤",
        "4",
        "abcd-" + "9" * 30,
    ],
)
def test_what_cannot_be_told_is_none(event_id: str) -> None:
    assert filled(5)[0].since(event_id) is None


def test_a_new_ring_goes_on_from_nothing() -> None:
    ring = Ring(3, "abcd")
    assert ring.since("abcd-0") == []
    ring.add(b"1")
    assert ring.since("abcd-0") == [b"1"]
