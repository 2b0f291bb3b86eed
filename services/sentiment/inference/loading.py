"""From the setting SENTIMENT_MODEL to a labeller."""

from services.sentiment.inference import resolve
from services.sentiment.inference.labeller import Labeller


def load_labeller(folder_or_hub_id: str, threads: int) -> Labeller:
    """The model of a folder, or of a checkpoint: on a GPU as it is, otherwise exported once and kept.

    Raises `ModelError` or `UnknownLabelsError` when the model cannot be used.
    """
    if resolve.is_checkpoint(folder_or_hub_id) and resolve.gpu_is_there():
        from services.sentiment.inference import gpu  # noqa: PLC0415 - needs PyTorch

        return Labeller(*gpu.open_checkpoint(folder_or_hub_id))
    return Labeller.load(resolve.exported(folder_or_hub_id, threads), threads)
