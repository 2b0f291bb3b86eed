"""Bytes of a file to its text, whatever program wrote it."""

import codecs
import gzip
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

_GZIP_MAGIC = b"\x1f\x8b"
# UTF-32 before UTF-16: the little-endian mark of the one begins with that of the other.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_AS_CSV = "open it in the program that made it and save the table as 'CSV UTF-8'"
# What is given by mistake, by the bytes at its start, in lower case.
_STRANGERS = (
    (b"pk\x03\x04", f"an Excel workbook (xlsx) or another ZIP archive; {_AS_CSV}, or unpack it first"),
    (b"\xd0\xcf\x11\xe0", f"an old Excel workbook (xls); {_AS_CSV}"),
    (b"%pdf", f"a PDF; {_AS_CSV}"),
    (b"<!doctype html", f"a web page (HTML), also when its name ends in .xls or .csv; {_AS_CSV}"),
    (b"<html", f"a web page (HTML), also when its name ends in .xls or .csv; {_AS_CSV}"),
    (b"<table", f"a web page (HTML), also when its name ends in .xls or .csv; {_AS_CSV}"),
    (b"<?xml", f"XML; {_AS_CSV}"),
    (b"{\\rtf", f"a formatted text (RTF); {_AS_CSV}"),
    (b"sqlite format 3", f"an SQLite database; {_AS_CSV}"),
    (b"par1", f"a Parquet file; {_AS_CSV}"),
    (b"bzh", "packed with bzip2; unpack it first"),
    (b"\xfd7zxz", "packed with xz; unpack it first"),
    (b"(\xb5/\xfd", "packed with zstd; unpack it first"),
    (b"rar!", "a RAR archive; unpack it first"),
    (b"7z\xbc\xaf", "a 7-Zip archive; unpack it first"),
    (_GZIP_MAGIC, "packed twice with gzip; unpack it first"),
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_BEYOND_ASCII = re.compile("[^\0-\x7f]")


class FileError(Exception):
    """A file that cannot be read as a whole, in a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Bytes that the encoding does not know stand in `text` as lone surrogates: see `is_damaged`."""

    text: str
    encoding: str


def decoded(path: Path) -> Decoded:
    """Plain or gzip; UTF-8, UTF-16 or UTF-32 with or without a byte order mark, else Windows-1252.

    Raises FileError.
    """
    content = _content(path)
    for magic, what in _STRANGERS:
        if content[:64].removeprefix(codecs.BOM_UTF8).lstrip().lower().startswith(magic):
            raise FileError(f"{path}: this is {what}")
    try:
        encoding, mark = _encoding(content)
    except ValueError as error:
        raise FileError(f"{path}: {error}") from error
    try:
        text = content[mark:].decode(encoding, "surrogatepass" if "utf-16" in encoding else "surrogateescape")
    except UnicodeDecodeError as error:
        raise FileError(
            f"{path}: damaged or cut off near byte {error.start}; export or copy it again"
        ) from error
    if not text.replace("\0", "").strip():
        raise FileError(f"{path}: the file is empty")
    return Decoded(text, encoding)


def is_damaged(text: str) -> bool:
    """Whether it holds NULs or bytes that its file's encoding does not know."""
    return "\0" in text or (not text.isascii() and _SURROGATE.search(text) is not None)


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content[:2] == _GZIP_MAGIC else content
    except (OSError, EOFError, zlib.error) as error:
        raise FileError(f"{path}: {error}; if it was packed or copied, do that again") from error


def _encoding(content: bytes) -> tuple[str, int]:
    """With the length of the byte order mark. Raises ValueError."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding, len(mark)
    # Without a mark: of Latin letters, blanks and delimiters every other byte is NUL, of damage any.
    even, odd = (content[start:4096:2].count(0) for start in (0, 1))
    if max(even, odd) * 10 > len(content[:4096]) and max(even, odd) > 10 * min(even, odd):
        return ("utf-16-le" if odd > even else "utf-16-be"), 0
    return _narrow_encoding(content), 0


def _narrow_encoding(content: bytes) -> str:
    """UTF-8, also with some damaged rows, or Windows-1252, in which UTF-8 comes about by accident only.

    Raises ValueError when it is both.
    """
    text = content.decode("utf-8", "surrogateescape")
    strange = len(_SURROGATE.findall(text))
    if not strange:
        return "utf-8"
    whole = len(_BEYOND_ASCII.findall(text)) - strange
    if whole and strange > whole:
        raise ValueError(f"partly UTF-8, partly another encoding; {_AS_CSV}")
    return "utf-8" if whole else "cp1252"
