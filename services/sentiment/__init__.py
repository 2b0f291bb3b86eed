import os

# Read while transformers is imported, which would write to stderr, between the log's JSON lines, that PyTorch
# is missing. That is meant.
os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
