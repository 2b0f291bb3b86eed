"""The accounts to watch from the start, read from YAML and checked whole."""

from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import yaml
from pydantic import ConfigDict, ValidationError

from pantau.contracts.registration import FullName, Registration
from pantau.runtime.errors import ConfigurationError


class AccountsFileError(ConfigurationError):
    """All faults of the file at once, a line each."""


class AccountEntry(Registration):
    # The file is ours: a key that nothing reads is a typo.
    model_config = ConfigDict(extra="forbid")

    name: FullName


def load_accounts(path: Path) -> list[AccountEntry]:
    """Raises AccountsFileError."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise AccountsFileError(f"{path}: {error}") from error
    items = content.get("accounts") if isinstance(content, dict) else None
    if not isinstance(items, list) or not items:
        raise AccountsFileError(f"{path}: a list under 'accounts' is needed")
    entries, faults = _entries(items)
    faults += [
        f"account_id '{name}' is given {count} times"
        for name, count in Counter(entry.account_id for entry in entries).items()
        if count > 1
    ]
    if faults:
        raise AccountsFileError("\n".join(f"{path}: {fault}" for fault in faults))
    return entries


def _entries(items: list[Any]) -> tuple[list[AccountEntry], list[str]]:
    entries: list[AccountEntry] = []
    faults: list[str] = []
    for position, item in enumerate(items, start=1):
        try:
            # Through JSON, so that the file's types are judged like a sender's.
            entries.append(AccountEntry.model_validate_json(orjson.dumps(item)))
        except ValidationError as error:
            faults += [
                f"account {position}: {'.'.join(map(str, fault['loc'])) or 'entry'}: {fault['msg']}"
                for fault in error.errors(include_url=False)
            ]
        except TypeError as error:
            faults.append(f"account {position}: {error}")
    return entries, faults
