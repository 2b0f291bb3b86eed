"""What a frozen month says of the code that computed it."""

import re
import tomllib

from deploy.local.places import ROOT
from services.scoring.close_code import VERSION, code_version


def test_the_version_is_the_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION


def test_the_fingerprint_stands_still() -> None:
    assert re.fullmatch(rf"{re.escape(VERSION)} sha256:[0-9a-f]{{64}}", code_version())
    assert code_version() == code_version()
