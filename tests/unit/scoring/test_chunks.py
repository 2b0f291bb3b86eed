"""How much one statement takes in."""

from hypothesis import given
from hypothesis import strategies as st

from pantau.score.fact_sums import CHUNK_BYTES, CHUNK_FACTS, chunks

names = st.text("aé", min_size=1, max_size=256)
counted = st.lists(
    st.tuples(names, st.just("instagram"), names, st.integers(1, 2 * CHUNK_FACTS)), max_size=60
)


@given(counted)
def test_nothing_is_lost_and_no_chunk_is_too_large(posts: list[tuple[str, str, str, int]]) -> None:
    given_out = list(chunks(posts))
    assert [post for chunk in given_out for post in chunk] == [post[:3] for post in posts]
    facts = iter([count for *_, count in posts])
    for chunk in given_out:
        assert sum(next(facts) for _ in chunk) <= CHUNK_FACTS or len(chunk) == 1
        assert len(str(chunk).encode()) < 128 * 1024


def test_small_posts_go_together() -> None:
    posts = [(f"a{n}", "x", "p", 1) for n in range(100)]
    assert len(list(chunks(posts))) == 1
    assert CHUNK_BYTES < 128 * 1024  # http_max_field_value_size of ClickHouse
    assert list(chunks([])) == []
