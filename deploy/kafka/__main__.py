import asyncio
from pathlib import Path
from typing import Annotated

import typer

from deploy.kafka.topics import TOPICS_FILE, create_missing, read_topics


def main(
    bootstrap: Annotated[str, typer.Option(envvar="KAFKA_BOOTSTRAP_SERVERS")] = "localhost:9092",
    replication_factor: Annotated[int, typer.Option(envvar="KAFKA_REPLICATION_FACTOR")] = 1,
    file: Path = TOPICS_FILE,
) -> None:
    """Create the topics that the broker does not have yet."""
    topics = read_topics(file)
    created = asyncio.run(create_missing(bootstrap, topics, replication_factor=replication_factor))
    for topic in topics:
        typer.echo(f"{'created' if topic.name in created else 'exists '} {topic.name}: {topic.meaning}")


if __name__ == "__main__":
    typer.run(main)
