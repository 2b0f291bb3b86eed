"""The examples of docs/skor.md about flags, computed by the independent oracle and by what scoring stores."""

import re
from datetime import timedelta
from typing import Any

from pantau.contracts.events import FlagReviewed, LabelledComment
from pantau.contracts.fields import Flag, Platform, Verdict
from pantau.score.fingerprints import fingerprint
from pantau.score.rules import load_rules
from tests.support.score_page import MONDAY, PAGE, RULES_FILE, comment, oracle, post, table

RULES = load_rules(RULES_FILE)
CHEER = "Luar biasa Dinas Kesehatan, maju terus!"


def counted(*events: Any) -> int:
    raw: int = oracle(post("p"), *events)["raw"]["comments"]
    return raw


def by(people: int, text: str, first: int = 0) -> list[LabelledComment]:
    return [
        comment(f"c{n}", f"{n:064x}", text=text, created_at=MONDAY + timedelta(minutes=n))
        for n in range(first, first + people)
    ]


def review(flag: Flag, verdict: Verdict) -> FlagReviewed:
    return FlagReviewed(
        account_id="a",
        platform=Platform.INSTAGRAM,
        post_id="p",
        flag=flag,
        verdict=verdict,
        reviewed_by="inspektorat",
        reviewed_at=MONDAY,
    )


def test_the_table_gives_the_rules_as_they_are() -> None:
    told = {row[0].strip("`"): re.findall(r"[0-9]+", row[1]) + row[2:] for row in table("tanda")}
    copied, short, new = RULES.flags.copied_text, RULES.flags.one_word, RULES.flags.new_authors
    assert told["copied_text"][:2] == [str(copied.words), str(copied.authors)]
    assert told["one_word"][:2] == [str(short.comments), f"{short.share * 100:.0f}"]
    assert told["new_authors"][:2] == [str(new.authors), str(new.minutes)]
    assert told["repeated_author"][0] == str(RULES.max_comments_per_author_and_post)
    assert f"Dalam {new.known_days} hari pertama" in PAGE
    assert copied.discount
    assert not short.discount


def test_which_texts_are_the_same() -> None:
    for text, verdict in table("teks"):
        same = fingerprint(text).value == fingerprint("Maju terus Dinkes, mantap").value
        assert same == (verdict == "ya"), text


def test_a_cheer_that_was_pasted() -> None:
    assert counted(*by(45, CHEER)) == 1
    assert counted(*by(4, CHEER)) == 4
    assert counted(*by(45, "Mantap")) == 45
    assert counted(*by(45, CHEER), review(Flag.COPIED_TEXT, Verdict.OVERTURNED)) == 45


def test_single_words_are_listed_and_count_until_a_reviewer_says_so() -> None:
    said = [*by(12, "mantap"), *by(12, "\U0001f44f", 12), *by(12, "@teman", 24), *by(4, "kapan dibuka", 36)]
    assert counted(*said) == 40
    assert counted(*said, review(Flag.ONE_WORD, Verdict.UPHELD)) == 4


def test_a_copy_takes_one_of_its_authors_places() -> None:
    asked = [
        comment(
            f"q{n}",
            f"{1:064x}",
            text=f"pertanyaan nomor {n}",
            created_at=MONDAY + timedelta(hours=1, minutes=n),
        )
        for n in range(4)
    ]
    assert counted(*by(5, CHEER), *asked) == 1 + 2
