"""The digest of docs/reference/events.md, as a stranger would compute it, against the code."""

import json
import re
from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pantau.contracts.codec import decode_post_event, encode
from pantau.contracts.events import LabelledComment
from pantau.contracts.precedence import precedence
from tests.support import strategies
from tests.support.code import ROOT

PAGE = (ROOT / "docs/reference/events.md").read_text(encoding="utf-8")
RECEIVED = {"received_at": "2026-11-21T03:00:01.482000Z"}
EXPONENT = re.compile(r"\de-\d")  # which Python writes with a 0: 1e-07
ranked: st.SearchStrategy[Any] = st.one_of(
    strategies.posts,
    strategies.readings,
    strategies.followers,
    strategies.labelled,
    strategies.accounts,
    strategies.corrections,
    strategies.reviews,
)


def documented() -> Callable[[str], int]:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(program, names)
    digest: Callable[[str], int] = names["digest"]
    return digest


DIGEST = documented()


def digest_of(rank: int) -> int:
    return rank & (1 << 21) - 1


@given(ranked)
def test_program_of_the_page_agrees_with_the_code(event: Any) -> None:
    message = encode(event).decode()
    assume(not (isinstance(event, LabelledComment) and EXPONENT.search(message)))
    assert DIGEST(message) == digest_of(precedence(event))


def test_worked_example_is_what_the_code_computes() -> None:
    (block,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    contents, told = block.splitlines()[::2], block.splitlines()[1::2]
    ranks = [precedence(decode_post_event(json.dumps(json.loads(c) | RECEIVED).encode())) for c in contents]
    for content, line, rank in zip(contents, told, ranks, strict=True):
        whole = blake2b(content.encode(), digest_size=3).hexdigest()
        assert line.removesuffix(": this one holds") == f"BLAKE2b {whole}, digest {digest_of(rank)}"
        assert DIGEST(content) == digest_of(rank)
    assert [line.endswith("holds") for line in told] == [rank == max(ranks) for rank in ranks]


@pytest.mark.parametrize("received_at", ["2026-11-21T03:00:02Z", "2026-11-22T03:00:00Z"])
def test_arrival_is_no_part_of_it(received_at: str) -> None:
    content = re.findall(r"```text\n(.*?)\n", PAGE)[0]
    message = json.dumps(json.loads(content) | {"received_at": received_at})
    assert DIGEST(message) == DIGEST(content)


def test_page_of_the_score_tells_the_same_numbers() -> None:
    score = (ROOT / "docs/skor.md").read_text(encoding="utf-8")
    (sentence,) = re.findall(r"memberi 97 suka \(sidik (\d+)\).*?98 suka \(sidik (\d+)\)", score)
    assert list(sentence) == re.findall(r"digest (\d+)", PAGE)
