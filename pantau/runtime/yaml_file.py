"""Reading a YAML file in which no name may stand twice: PyYAML would keep the last and say nothing."""

from pathlib import Path
from typing import Any

import yaml


class YamlFaultsError(ValueError):
    """The file cannot be read as YAML at all."""


class _Loader(yaml.SafeLoader):
    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.faults: list[str] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                self.faults.append(f"{key.value}: named twice, again on line {key.start_mark.line + 1}")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> tuple[Any, list[str]]:
    """The document and the names that stand in it twice. Raises YamlFaultsError."""
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        return loader.get_single_data(), loader.faults
    except OSError as error:
        raise YamlFaultsError(error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise YamlFaultsError(f"not UTF-8: {error.reason} at byte {error.start}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise YamlFaultsError(f"no YAML, line {line}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise YamlFaultsError(f"no YAML: {error}") from error
