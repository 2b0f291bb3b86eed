"""What to do where PyTorch is missing."""

INSTALL = (
    "a PyTorch checkpoint has to be exported once, and {missing} is not installed here. Where it is "
    "(uv pip sync requirements-train.lock), run `python -m services.sentiment.export CHECKPOINT FOLDER`, "
    "bring the folder here and set SENTIMENT_MODEL to it"
)
