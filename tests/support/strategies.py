"""Hypothesis strategies for every event of the contract, over the whole of what each field allows."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from pantau.contracts import events
from pantau.contracts.fields import MAX_COUNT, AccountKind, Flag, Label, Platform, PostKind, Verdict

instants = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31, 23), timezones=st.just(UTC))  # noqa: DTZ001
written = st.characters(codec="utf-8")
texts = st.text(written, max_size=300)
identifiers = st.text(written, min_size=1, max_size=64).filter(lambda t: t.isprintable() and t == t.strip())
counts = st.integers(0, MAX_COUNT)
perhaps = st.none() | counts
pseudonyms = st.none() | st.text("0123456789abcdef", min_size=64, max_size=64)
shares = st.floats(0, 1)

observed = {
    "account_id": identifiers,
    "platform": st.sampled_from(Platform),
    "observed_at": instants,
    "received_at": instants,
    "simulated": st.booleans(),
}
said = observed | {
    "comment_id": identifiers,
    "post_id": st.none() | identifiers,
    "parent_id": st.none() | identifiers,
    "author": pseudonyms,
    "by_account": st.booleans(),
    "text": texts,
    "created_at": instants,
    "deleted": st.booleans(),
}

accounts = st.builds(
    events.AccountRegistered,
    account_id=identifiers,
    name=st.text(written, min_size=1, max_size=200),
    short_name=st.text(written, min_size=1, max_size=24),
    kind=st.sampled_from(AccountKind),
    active=st.booleans(),
    onboarded_at=instants,
    registered_at=instants,
)
posts = st.builds(
    events.PostObserved,
    **observed,
    post_id=identifiers,
    published_at=instants,
    kind=st.sampled_from(PostKind),
    text=texts,
    permalink=st.none() | texts,
    giveaway=st.booleans(),
    boosted=st.booleans(),
    deleted=st.booleans(),
)
readings = st.builds(
    events.MetricsObserved,
    **observed,
    post_id=identifiers,
    views=perhaps,
    likes=perhaps,
    comments=perhaps,
    shares=perhaps,
    saves=perhaps,
    definition_version=st.text(written, max_size=64),
)
followers = st.builds(events.FollowersObserved, **observed, followers=counts)
comments = st.builds(events.CommentObserved, **said)
labelled = st.builds(
    events.LabelledComment,
    **said,
    label=st.sampled_from(Label),
    probabilities=st.none()
    | st.builds(events.Probabilities, negative=shares, neutral=shares, positive=shares),
    model_version=st.text(written, max_size=128),
    labelled_at=instants,
)
batches = st.lists(labelled, min_size=1, max_size=5).map(
    lambda members: events.CommentsLabelled(
        account_id=members[0].account_id,
        comments=tuple(c.model_copy(update={"account_id": members[0].account_id}) for c in members),
    )
)
corrections = st.builds(
    events.LabelCorrected,
    account_id=identifiers,
    platform=st.sampled_from(Platform),
    post_id=st.none() | identifiers,
    comment_id=identifiers,
    label=st.none() | st.sampled_from(Label),
    corrected_by=st.from_regex(r"\A[a-z0-9][a-z0-9._-]{0,63}\Z"),
    reason=st.text(written, max_size=200),
    text_digest=st.from_regex(r"\A([0-9a-f]{16})?\Z"),
    corrected_at=instants,
)
reviews = st.builds(
    events.FlagReviewed,
    account_id=identifiers,
    platform=st.sampled_from(Platform),
    post_id=identifiers,
    flag=st.sampled_from(Flag),
    verdict=st.none() | st.sampled_from(Verdict),
    reviewed_by=st.from_regex(r"\A[a-z0-9][a-z0-9._-]{0,63}\Z"),
    reason=st.text(written, max_size=200),
    reviewed_at=instants,
)
post_events = st.one_of(posts, readings, followers)
