"""A container's health check: `python -m deploy.docker.probe URL`. The image has no curl."""

import sys
import urllib.error
import urllib.request

TIMEOUT_SECONDS = 4.0


def main(url: str) -> int:
    """The exit status: 0 when `url` answers with 200, 1 otherwise, with the reason on stdout."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - our own address
            return 0 if answer.status == 200 else 1
    except urllib.error.HTTPError as error:
        sys.stdout.write(error.read(500).decode(errors="replace"))
    except OSError as error:
        sys.stdout.write(f"{error}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
