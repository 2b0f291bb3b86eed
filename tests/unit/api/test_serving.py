"""The path that everything stands under, and whose frames may hold the pages."""

import httpx
import pytest
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from services.api.http.serving import FrameAncestors, PathPrefix, Serving, UnderPrefix
from services.api.pages.service import placed

PREFIX: TypeAdapter[str] = TypeAdapter(PathPrefix)
ANCESTORS: TypeAdapter[str] = TypeAdapter(FrameAncestors)


@pytest.mark.parametrize(
    ("given", "prefix"),
    [("", ""), ("/", ""), ("/pantau", "/pantau"), ("/pantau/", "/pantau"), ("/a-b/c.d_e", "/a-b/c.d_e")],
)
def test_a_prefix_is_a_path(given: str, prefix: str) -> None:
    assert PREFIX.validate_python(given) == prefix


@pytest.mark.parametrize(
    "given",
    [
        *("pantau", "//pantau", "/pan tau", "/pantau?x=1", "/../etc", "/pantau/../x", "https://a.id/pantau"),
        *('/"><script>', "/wall", "/v1/x", "/akun", "/readyz"),
    ],
)
def test_what_cannot_be_a_prefix_is_refused(given: str) -> None:
    with pytest.raises(ValidationError):
        PREFIX.validate_python(given)


@pytest.mark.parametrize(
    ("given", "written"),
    [
        *(("none", "'none'"), ("'none'", "'none'"), ("SELF", "'self'")),
        ("https://signage.go.id", "https://signage.go.id"),
        ("'self'  https://a.id:8443/ http://127.0.0.1:9", "'self' https://a.id:8443 http://127.0.0.1:9"),
        *(("https://*.go.id", "https://*.go.id"), ("http://[::1]:80", "http://[::1]:80")),
    ],
)
def test_frame_ancestors_are_written_as_the_policy_wants_them(given: str, written: str) -> None:
    assert ANCESTORS.validate_python(given) == written
    assert Serving(frame_ancestors=written).policy().endswith(f"frame-ancestors {written}")


@pytest.mark.parametrize(
    "given",
    ["*", "", "signage.go.id", "none self", "https://a.id; script-src *", "https://a.id/jalur", "ftp://a.id"],
)
def test_what_names_no_origin_is_refused(given: str) -> None:
    with pytest.raises(ValidationError):
        ANCESTORS.validate_python(given)


async def got(app: ASGIApp, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as client:
        return await client.get(path)


@pytest.mark.parametrize("path", ["/pantau/akun/dinas%2Fa", "/akun/dinas%2Fa"])
async def test_a_path_is_the_same_with_the_prefix_and_without(path: str) -> None:
    async def told(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"{request.path_params['account']} {request.scope['root_path']}")

    app = UnderPrefix(Router([Route("/akun/{account:path}", told)]), "/pantau")
    assert (await got(app, path)).text == "dinas/a /pantau"


@pytest.mark.parametrize(("path", "status"), [("/pantau", 200), ("/pantau/", 200), ("/pantauan", 404)])
async def test_the_prefix_alone_is_the_root(path: str, status: int) -> None:
    async def root(_: Request) -> PlainTextResponse:
        return PlainTextResponse("akar")

    app = UnderPrefix(Router([Route("/", root)]), "/pantau")
    assert (await got(app, path)).status_code == status


def test_a_page_is_told_where_it_stands() -> None:
    built = (
        '<meta name="pantau-prefix" content="" /><meta name="pantau-session" content="" />'
        '<a href="./assets/a.js">'
    )
    assert placed(built, "/pantau", "1.x") == (
        '<meta name="pantau-prefix" content="/pantau" /><meta name="pantau-session" content="1.x" />'
        '<a href="/pantau/wall/assets/a.js">'
    )
