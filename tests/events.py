"""Hypothesis strategies for whole histories of events; everything is scarce, so that things collide."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from services.contracts.events import (
    AccountRegistered,
    Event,
    LabelCorrected,
    LabelledComment,
    MetricsObserved,
    PostObserved,
)
from services.contracts.fields import Label, Platform

# Around the turn of a month and a day in Asia/Jakarta (17:00 UTC), and around a month's closing 72 h later.
NOON = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)
ACCOUNTS = ("dinkes", "disdik", "rsud")
PLATFORMS = (Platform.INSTAGRAM, Platform.TIKTOK)
POSTS = tuple(f"p{n}" for n in range(7))
AUTHORS = ("a" * 64, "b" * 64)

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
    return st.builds(MetricsObserved, **(_observed() | given | fixed))


def _comments(**fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[LabelledComment]:
    given = {
        "comment_id": st.sampled_from([f"c{n}" for n in range(8)]),
        "post_id": st.one_of(st.none(), st.sampled_from(POSTS[:3])),
        "author": st.one_of(st.none(), st.sampled_from(AUTHORS)),
        "by_account": rarely,
        "text": st.just("komentar"),
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


@st.composite
def bursts(draw: st.DrawFn) -> list[Event]:
    """Where the guards bite: one person on one post, many posts on one day, one post read again and again."""
    one = {"account_id": st.just(draw(accounts)), "platform": st.just(draw(platforms))}
    post = st.just(draw(st.sampled_from(POSTS)))
    kind = draw(st.sampled_from(("chatter", "campaign", "climb")))
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
                onboarded_at=instants,
                registered_at=st.just(NOON - timedelta(days=90)),
            )
            for account in ACCOUNTS
        )
    ),
    st.lists(st.one_of(_posts(), _readings(), _comments(), _corrections(), registrations), max_size=25),
    st.lists(st.one_of(bursts(), bursts(), overruled()), max_size=5),
)
