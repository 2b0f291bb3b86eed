import sys
from pathlib import Path


def command(data: Path, port: int) -> list[str]:
    """Run it in the repository's root."""
    return [sys.executable, "-m", "deploy.local.clickhouse", "--data", str(data), "--port", str(port)]
