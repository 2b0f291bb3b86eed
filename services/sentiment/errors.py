class ModelError(RuntimeError):
    """The model cannot be used as it lies there; the message says what to do."""
