"""The accounts that this process knows of: a fold over social.accounts."""

from pantau.contracts.events import AccountRegistered
from pantau.contracts.precedence import precedence


class Registry:
    def __init__(self) -> None:
        self._accounts: dict[str, AccountRegistered] = {}

    def apply(self, event: AccountRegistered) -> None:
        """Take `event` unless something later is known; in any order, any number of times."""
        current = self._accounts.get(event.account_id)
        if current is None or precedence(event) > precedence(current):
            self._accounts[event.account_id] = event

    def get(self, account_id: str) -> AccountRegistered | None:
        return self._accounts.get(account_id)

    def __contains__(self, account_id: str) -> bool:
        return account_id in self._accounts

    def accounts(self) -> list[AccountRegistered]:
        return sorted(self._accounts.values(), key=lambda account: account.account_id)
