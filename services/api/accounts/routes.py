"""The accounts: all of them, and one with its scores."""

from typing import Annotated

from fastapi import Path, Response

from pantau.analytics.accounts import models
from services.api.accounts.service import Accounts
from services.api.dependencies import Shared, given
from services.api.http import routers
from services.api.http.problems import documented
from services.api.http.response import respond

for_pages = routers.for_pages("accounts")
for_keys = routers.for_keys("accounts")

Service = Annotated[Accounts, given(Accounts)]


@for_keys.get("/accounts", summary="All registered accounts", response_model=models.Accounts)
async def accounts(shared: Shared, service: Service) -> Response:
    return respond(await service.all(), shared.clock())


@for_pages.get(
    "/accounts/{account_id:path}",
    summary="One account: scores in every window, followers, course of the last day",
    response_model=models.AccountDetail,
    responses=documented(404, 422),
)
async def account(
    shared: Shared, service: Service, account_id: Annotated[str, Path(examples=["dinkes"])]
) -> Response:
    await shared.registry.require(account_id)
    return respond(await service.detail(account_id), shared.clock())
