import codecs
import gzip

import pytest

from pantau.runtime.http import Problem
from pantau.runtime.request_body import BodyLimits, Unpacker
from services.ingest.events.items import MAX_ITEMS, Unreadable, split

JSON, NDJSON = "application/json", "application/x-ndjson"


@pytest.mark.parametrize(
    ("body", "content_type", "items"),
    [
        (b'{"a":1}', JSON, [{"a": 1}]),
        (b' [{"a":1},{"a":2}] ', "application/json; charset=utf-8", [{"a": 1}, {"a": 2}]),
        (b'{"a":1}\n\n{"a":2}\n', NDJSON, [{"a": 1}, {"a": 2}]),
        (b'{"a":1}\r\n{"a":2}\r\n', NDJSON, [{"a": 1}, {"a": 2}]),
        (b'{"a":1}\n{"a":2}', JSON, [{"a": 1}, {"a": 2}]),
        (b'{"a":1}\n{"a":2}', "", [{"a": 1}, {"a": 2}]),
        (b'{\n"a":\n1}', JSON, [{"a": 1}]),
        (b'\xef\xbb\xbf{"a":1}', JSON, [{"a": 1}]),
        (b"3", JSON, [3]),
        (b'[{"a":"\\ud800"},{"a":2}]', JSON, [{"a": "\ud800"}, {"a": 2}]),
    ],
)
def test_bodies_are_split(body: bytes, content_type: str, items: list[object]) -> None:
    assert list(split(body, content_type)) == items


def test_a_bad_line_is_alone_in_its_fault() -> None:
    first, second, third = split(b'{"a":1}\n{"a":\n{"a":3}', NDJSON)
    assert (first, third) == ({"a": 1}, {"a": 3})
    assert isinstance(second, Unreadable)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", JSON, 400),
        (b" \n ", NDJSON, 400),
        (b'{"a":', JSON, 400),
        (b'{\n"a": 1,\n}', JSON, 400),
        (b"a=1", JSON, 400),
        (b'{"a":NaN}', JSON, 400),
        (b'{"a":"\\ud800",}', JSON, 400),
        (b"\xff\xfe", JSON, 400),
        (b"[" * 100_000, JSON, 400),
        (b'"\\ud800' + b"[" * 100_000, JSON, 400),
        (b"[]", JSON, 422),
        (b"{}", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/html", 415),
        (b"[" + b"1," * MAX_ITEMS + b"1]", JSON, 413),
        (b"1\n" * (MAX_ITEMS + 1), NDJSON, 413),
    ],
)
def test_other_bodies_are_refused(body: bytes, content_type: str, status: int) -> None:
    with pytest.raises(Problem) as problem:
        split(body, content_type)
    assert problem.value.status == status


def test_as_many_as_allowed_are_taken() -> None:
    assert len(split(b"1\n" * MAX_ITEMS, NDJSON)) == MAX_ITEMS


def unpacked(packed: bytes, step: int, limit: int = 1000) -> bytes:
    unpacker = Unpacker(BodyLimits(limit, 1.0))
    body = b"".join(unpacker.feed(packed[at : at + step]) for at in range(0, len(packed), step))
    unpacker.finish()
    return body


@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_gzip_is_unpacked_in_pieces(step: int) -> None:
    assert unpacked(gzip.compress(b"a" * 500) + gzip.compress(b"b" * 500), step) == b"a" * 500 + b"b" * 500


@pytest.mark.parametrize("step", [1, 10_000])
def test_a_bomb_is_refused_before_it_is_large(step: int) -> None:
    with pytest.raises(Problem) as problem:
        unpacked(gzip.compress(b"a" * 1001), step)
    assert problem.value.status == 413


@pytest.mark.parametrize(
    "packed",
    [b"not gzip", gzip.compress(b"abc")[:-3], gzip.compress(b"abc") + b"rest"],
    ids=["not gzip", "cut off", "with a rest"],
)
def test_broken_gzip_is_refused(packed: bytes) -> None:
    with pytest.raises(Problem) as problem:
        unpacked(packed, 4)
    assert problem.value.status == 400


def test_each_line_may_begin_with_a_byte_order_mark() -> None:
    body = codecs.BOM_UTF8 + b'{"a":1}\n' + codecs.BOM_UTF8 + b'{"a":2}\n'
    assert split(body, "application/x-ndjson") == [{"a": 1}, {"a": 2}]
