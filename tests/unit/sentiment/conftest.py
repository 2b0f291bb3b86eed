from pathlib import Path

import pytest

from services.sentiment.inference.labeller import Labeller

SHIPPED = Path(__file__).parents[3] / "services/sentiment/shipped_model"


@pytest.fixture(scope="session")
def shipped_folder() -> Path:
    return SHIPPED


@pytest.fixture
def labeller() -> Labeller:
    """The shipped model, with an empty cache."""
    return Labeller.load(str(SHIPPED), threads=2)
