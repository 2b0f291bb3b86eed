"""How platforms and tools write that a value was not given."""

_MARKS = frozenset(
    {
        *(
            "",
            "-",
            "--",
            "–",
            "—",
            "−",
            "n/a",
            "n.a.",
            "<na>",
            "(null)",
            "\\n",
            "#n/a",
            "na",
            "nan",
            "none",
            "null",
            "nil",
            "undefined",
            "unknown",
        ),
        *("hidden", "disabled", "unavailable", "not available", "not applicable"),
        *("tersembunyi", "disembunyikan", "dinonaktifkan", "tidak tersedia", "tidak ada", "tidak diketahui"),
    }
)


def is_missing(value: object) -> bool:
    """Whether it stands for no value at all: null, NaN, an empty cell, or one of the words above."""
    if value is None or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN
        return True
    return isinstance(value, str) and value.strip().casefold() in _MARKS
