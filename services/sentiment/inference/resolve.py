"""SENTIMENT_MODEL names a folder that can be run, or a PyTorch checkpoint that is exported first, once."""

import hashlib
import importlib.util
from pathlib import Path

import structlog

from services.sentiment.errors import ModelError
from services.sentiment.export.describe import is_folder, missing_packages, read_checkpoint, slug
from services.sentiment.export.install import INSTALL
from services.sentiment.inference.model_folder import GRAPH

log = structlog.get_logger(__name__)

CACHE = Path.home() / ".cache" / "pantau" / "models"
WEIGHTS = ("*.safetensors", "*.bin")


def is_checkpoint(folder_or_hub_id: str) -> bool:
    """A hub id, or a folder that holds weights of PyTorch and no graph."""
    folder = Path(folder_or_hub_id)
    return not is_folder(folder_or_hub_id) or (not (folder / GRAPH).is_file() and bool(_weights(folder)))


def gpu_is_there() -> bool:
    if importlib.util.find_spec("torch") is None:
        return False
    import torch  # noqa: PLC0415 - seconds, and only where it is installed

    return bool(torch.cuda.is_available())


def exported(folder_or_hub_id: str, threads: int, cache: Path = CACHE) -> str:
    """The folder to run; a checkpoint is exported into `cache`, unless it lies there already.

    Raises `ModelError`, which says what to do, and `UnknownLabelsError`.
    """
    if not is_checkpoint(folder_or_hub_id):
        return folder_or_hub_id
    out = cache / _key(folder_or_hub_id)
    if (out / GRAPH).is_file():
        return str(out)
    read_checkpoint(folder_or_hub_id)
    if missing := missing_packages():
        raise ModelError(f"{folder_or_hub_id}: " + INSTALL.format(missing=" and ".join(missing)))
    from services.sentiment.export import convert, parity  # noqa: PLC0415 - needs PyTorch

    convert.quiet()
    order = convert.Order(folder_or_hub_id, parity.sample_texts(), threads=threads)

    def note(step: str) -> None:
        log.info("exporting the checkpoint, once", checkpoint=folder_or_hub_id, step=step)

    found = convert.export(order, out, note)
    log.info("exported", folder=str(out), same_label=found.agreement, mean_difference=found.mean_difference)
    return str(out)


def _key(source: str) -> str:
    """A folder's name alone would keep serving the weights that lay there before."""
    if not is_folder(source):
        return slug(source)
    digest = hashlib.sha256()
    for path in [*_weights(Path(source)), *sorted(Path(source).glob("*.json"))]:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return f"{slug(Path(source).resolve().name)}-{digest.hexdigest()[:12]}"


def _weights(folder: Path) -> list[Path]:
    return sorted(path for pattern in WEIGHTS for path in folder.glob(pattern))
