"""Routers by who may use their routes; both describe it in the OpenAPI document."""

from fastapi import APIRouter, Depends

from services.api.http.access import key_holder, reader
from services.api.http.problems import documented


def for_pages(*tags: str, prefix: str = "/v1") -> APIRouter:
    """For what the pages show, which is also listed in access.PAGE_READS, and for keys."""
    return APIRouter(
        prefix=prefix, tags=[*tags], dependencies=[Depends(reader)], responses=documented(401, 503)
    )


def for_keys(*tags: str, prefix: str = "/v1") -> APIRouter:
    """For keys alone."""
    return APIRouter(
        prefix=prefix, tags=[*tags], dependencies=[Depends(key_holder)], responses=documented(401, 503)
    )
