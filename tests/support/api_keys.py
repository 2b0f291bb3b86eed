"""The API asked without a key."""

from tests.support.api import Api

NOWHERE = "http://default@127.0.0.1:1/pantau"


async def without_key(api: Api) -> None:
    del api.client.headers["Authorization"]
