"""These tests are for an environment with PyTorch; elsewhere they are not collected, see README.md."""

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("torch") else ["test_*.py"]
