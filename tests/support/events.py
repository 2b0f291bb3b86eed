"""Hypothesis strategies for whole histories of events; everything is scarce, so that things collide."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from pantau.contracts.events import (
    AccountRegistered,
    Event,
    FlagReviewed,
    FollowersObserved,
    LabelCorrected,
    LabelledComment,
    MetricsObserved,
    PostObserved,
)
from pantau.contracts.fields import AccountKind, Flag, Label, Platform, Verdict
from pantau.score.flag_rules import CopiedText, FlagRules, OneWord

# Around the turn of a month and a day in Asia/Jakarta (17:00 UTC), and around a month's closing 72 h later.
NOON = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)
ACCOUNTS = ("dinkes", "disdik", "rsud")
PLATFORMS = (Platform.INSTAGRAM, Platform.TIKTOK)
POSTS = tuple(f"p{n}" for n in range(7))
AUTHORS = tuple(letter * 64 for letter in "abcd")
# The same words in the eyes of the rules, then others; then single words and none.
COPIES = (
    "Maju terus, dinkes mantap!",
    "dinkes mantaaap maju TERUS @warga.metro",
    "maju maju terus dinkes 👏 mantap",
)
SENTENCES = (*COPIES, "kapan jalan kami diperbaiki", "maju terus dinkes")
WORDS = ("mantap", "Mantappp!! 👏", "👍", "[akun] hadir", "sip sip")

minutes = st.one_of(
    st.integers(0, 90), st.sampled_from((60 * 24, 60 * 71, 60 * 72, 60 * 73, 60 * 24 * 10, -60 * 24 * 20))
)
instants = st.builds(
    lambda m, s: NOON + timedelta(minutes=m, seconds=s), minutes, st.sampled_from((0, 1, 59))
)
accounts = st.sampled_from(ACCOUNTS)
platforms = st.sampled_from(PLATFORMS)
rarely = st.sampled_from((False, False, False, True))
counts = st.one_of(st.none(), st.integers(0, 400))


def _observed() -> dict[str, st.SearchStrategy[Any]]:
    return {
        "account_id": accounts,
        "platform": platforms,
        "observed_at": instants,
        "received_at": instants,
        "simulated": st.just(False),
    }


registrations = st.builds(
    AccountRegistered,
    account_id=accounts,
    name=st.just("Akun"),
    short_name=st.just("Akun"),
    kind=st.sampled_from(AccountKind),
    active=st.sampled_from((True, True, True, False)),
    onboarded_at=instants,
    registered_at=instants,
)


def _posts(**fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[PostObserved]:
    given = {
        "post_id": st.sampled_from(POSTS),
        "published_at": instants,
        "giveaway": rarely,
        "deleted": rarely,
    }
    return st.builds(PostObserved, **(_observed() | given | fixed))


def _readings(**fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[MetricsObserved]:
    given = {"post_id": st.sampled_from(POSTS), "views": counts, "likes": counts, "comments": counts}
    given["definition_version"] = st.sampled_from(("1", "1", "1", "2"))
    return st.builds(MetricsObserved, **(_observed() | given | fixed))


# Few readings lie at the same instant on purpose: then the digest decides, here as there.
followers = st.builds(FollowersObserved, **_observed(), followers=st.sampled_from((0, 3, 99, 150, 20_000)))


def _comments(**fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[LabelledComment]:
    given = {
        "comment_id": st.sampled_from([f"c{n}" for n in range(8)]),
        "parent_id": st.one_of(st.none(), st.sampled_from([f"c{n}" for n in range(3)])),
        "post_id": st.one_of(st.none(), st.sampled_from(POSTS[:3])),
        "author": st.one_of(st.none(), st.sampled_from(AUTHORS)),
        "by_account": rarely,
        "text": st.sampled_from((*SENTENCES, *WORDS)),
        "created_at": instants,
        "deleted": rarely,
        "label": st.sampled_from(list(Label)),
        "model_version": st.just("test"),
        "labelled_at": instants,
    }
    return st.builds(LabelledComment, **(_observed() | given | fixed))


def _corrections(**fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[LabelCorrected]:
    """Of the same few comments, so that most of them meet one, before or after it comes."""
    given = {
        "account_id": accounts,
        "platform": platforms,
        "post_id": st.one_of(st.none(), st.sampled_from(POSTS[:3])),
        "comment_id": st.sampled_from([f"c{n}" for n in range(8)]),
        "label": st.one_of(st.none(), st.sampled_from(list(Label)), st.sampled_from(list(Label))),
        "corrected_by": st.sampled_from(("humas", "magang")),
        "corrected_at": instants,
    }
    return st.builds(LabelCorrected, **(given | fixed))


@st.composite
def overruled(draw: st.DrawFn) -> list[Event]:
    """One comment, labelled again and again, corrected, perhaps withdrawn, perhaps deleted."""
    one: dict[str, st.SearchStrategy[Any]] = {
        "account_id": st.just(draw(accounts)),
        "platform": st.just(draw(platforms)),
        "post_id": st.just(draw(st.one_of(st.none(), st.sampled_from(POSTS[:3])))),
        "comment_id": st.just(draw(st.sampled_from(("c0", "c1")))),
    }
    same = {"observed_at": st.just(draw(instants)), "created_at": st.just(draw(instants))}
    said = [draw(_comments(**one, **same)) for _ in range(draw(st.integers(1, 3)))]
    return [*said, *(draw(_corrections(**one)) for _ in range(draw(st.integers(1, 3))))]


def _reviews(**fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[FlagReviewed]:
    given = {
        "account_id": accounts,
        "platform": platforms,
        "post_id": st.sampled_from(POSTS[:3]),
        "flag": st.sampled_from(list(Flag)),
        "verdict": st.one_of(st.none(), st.sampled_from(list(Verdict)), st.sampled_from(list(Verdict))),
        "reviewed_by": st.sampled_from(("humas", "inspektorat")),
        "reviewed_at": instants,
    }
    return st.builds(FlagReviewed, **(given | fixed))


flag_rules = st.builds(
    FlagRules,
    copied_text=st.builds(
        CopiedText, authors=st.integers(2, 3), words=st.integers(1, 5), discount=st.booleans()
    ),
    one_word=st.builds(
        OneWord,
        comments=st.integers(1, 5),
        share=st.sampled_from((0.5, 0.667, 0.8, 1.0)),
        discount=st.booleans(),
    ),
)


@st.composite
def campaigns(draw: st.DrawFn) -> list[Event]:
    """Many people say one thing, or hardly anything, under one post; perhaps somebody looks into it."""
    one = {"account_id": st.just(draw(accounts)), "platform": st.just(draw(platforms))}
    one["post_id"] = st.just(draw(st.sampled_from(POSTS[:3])))
    texts = st.sampled_from(draw(st.sampled_from((COPIES, WORDS, (*WORDS, *COPIES)))))
    plain = {"by_account": st.just(False), "author": st.one_of(st.none(), *[st.sampled_from(AUTHORS)] * 5)}
    spoken = [st.just(f"c{n}") for n in range(draw(st.integers(3, 7)))]
    said = [draw(_comments(**one, **plain, text=texts, comment_id=name)) for name in spoken]
    return [*said, *draw(st.lists(_reviews(**one), max_size=3))]


@st.composite
def conversations(draw: st.DrawFn) -> list[Event]:
    """Questions under one post and answers of the account, some of them edited or deleted."""
    one: dict[str, st.SearchStrategy[Any]] = {
        "account_id": st.just(draw(accounts)),
        "platform": st.just(draw(platforms)),
        "post_id": st.just(draw(st.one_of(st.none(), st.sampled_from(POSTS[:3])))),
    }
    questions = [draw(_comments(**one, comment_id=st.just(name), by_account=rarely)) for name in ("c0", "c1")]
    answering = {
        "comment_id": st.sampled_from(("c2", "c3")),
        "parent_id": st.sampled_from(("c0", "c1")),
        "by_account": st.sampled_from((True, True, True, False)),
    }
    return [*questions, *(draw(_comments(**one, **answering)) for _ in range(draw(st.integers(1, 4))))]


@st.composite
def closings(draw: st.DrawFn, one: dict[str, st.SearchStrategy[Any]]) -> list[Event]:
    """A post of October's last minutes, and what it gets in the minutes in which October closes."""
    published = {"published_at": minutes_from(NOON, 0, 29), "deleted": st.just(False)}
    closing = NOON + timedelta(hours=72, minutes=30)
    late = {"observed_at": minutes_from(closing, -1, 1)}
    climbing = [draw(_readings(**one, **late)) for _ in range(2)]
    spoken = {"deleted": st.just(False), "by_account": st.just(False), "author": st.none()}
    said = draw(_comments(**one, **spoken, created_at=minutes_from(closing, -1, 1)))
    first = draw(_readings(**one, observed_at=minutes_from(NOON, 0, 90)))
    return [draw(_posts(**one, **published)), first, *climbing, said]


def minutes_from(start: datetime, first: int, last: int) -> st.SearchStrategy[datetime]:
    return st.builds(lambda m: start + timedelta(minutes=m), st.integers(first, last))


@st.composite
def bursts(draw: st.DrawFn) -> list[Event]:
    """Where the guards bite: one person on one post, many posts on one day, one post read again and again."""
    one = {"account_id": st.just(draw(accounts)), "platform": st.just(draw(platforms))}
    post = st.just(draw(st.sampled_from(POSTS)))
    kind = draw(st.sampled_from(("chatter", "campaign", "climb", "closing")))
    if kind == "closing":
        return draw(closings(one | {"post_id": post}))
    if kind == "chatter":
        author = st.just(draw(st.sampled_from(AUTHORS)))
        fixed = {"post_id": post, "author": author, "by_account": st.just(False), "deleted": st.just(False)}
        spoken = [st.just(f"c{n}") for n in range(draw(st.integers(3, 6)))]
        return [draw(_comments(**one, **fixed, comment_id=name)) for name in spoken]
    if kind == "campaign":
        day = st.builds(lambda m: NOON + timedelta(minutes=m), st.integers(30, 90))
        named = [st.just(name) for name in POSTS]
        return [draw(_posts(**one, post_id=name, published_at=day, deleted=st.just(False))) for name in named]
    series = [draw(_readings(**one, post_id=post)) for _ in range(draw(st.integers(2, 5)))]
    return [draw(_posts(**one, post_id=post)), *series]


# Every account registered at least once, then anything.
histories: st.SearchStrategy[list[Event]] = st.builds(
    lambda first, rest, dense: [*first, *rest, *(event for burst in dense for event in burst)],
    st.tuples(
        *(
            st.builds(
                AccountRegistered,
                account_id=st.just(account),
                name=st.just(account),
                short_name=st.just(account),
                kind=st.sampled_from((AccountKind.OPD, AccountKind.HOSPITAL)),
                onboarded_at=instants,
                registered_at=st.just(NOON - timedelta(days=90)),
            )
            for account in ACCOUNTS
        )
    ),
    st.lists(
        st.one_of(_posts(), _readings(), _comments(), _corrections(), registrations, followers), max_size=25
    ),
    st.lists(
        st.one_of(bursts(), bursts(), campaigns(), campaigns(), overruled(), conversations()), max_size=5
    ),
)
