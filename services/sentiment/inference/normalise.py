"""One normaliser for training and for the service: the model only ever reads what `normalise` returns."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

MAX_WORDS = 256
MAX_WORD_CHARACTERS = 64

MENTION = "usermention"
LINK = "urllink"
PHONE = "phonenumber"
IDENTITY = "idnumber"
EMAIL = "emailaddress"
PLACEHOLDERS = (MENTION, LINK, PHONE, IDENTITY, EMAIL)

# What ingest puts in place of personal data, and the placeholders that the training texts came with.
_MASKS = {
    "akun": MENTION,
    "username": MENTION,
    "user": MENTION,
    "url": LINK,
    "telepon": PHONE,
    "nik": IDENTITY,
    "plat": IDENTITY,
    "sensitive-no": IDENTITY,
    "email": EMAIL,
}
_MASK = re.compile(r"\[(" + "|".join(_MASKS) + r")\]")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_LINK = re.compile(
    r"(?:https?://|www\.)\S+|\b(?:[\w-]{1,63}\.){1,4}(?:com|net|org|info|id|ly|gl)(?![\w.@])(?:/\S*)?|\b(?:t|wa)\.me/\S*"
)
_MENTION = re.compile(r"(?<!\w)(?:@[\w.]+)+")
_IDENTITY = re.compile(r"(?<!\d)\d{16}(?!\d)")
_PHONE = re.compile(r"(?<![\d+])(?:\+?62|0)8\d(?:[ -]?\d){6,10}(?!\d)")
# Joiners, variation selectors, skin tones and other invisible marks: the same emoji must be the same token.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001b\u007f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\U0001f3fb-\U0001f3ff\U000e0000-\U000e01ef\ud800-\udfff]"
)
_EMOJI = re.compile("([\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\u3030\U0001f000-\U0001faff])")
_LETTER_RUN = re.compile(r"([^\W\d_])\1{2,}")
_SYMBOL_RUN = re.compile(r"([^\w\s]|_)\1{2,}")


def normalise(text: str) -> str:
    """The text as the model reads it: lowercase words, single spaces, at most `MAX_WORDS` words.

    Idempotent, and defined for every string, whatever its script or length.
    """
    text = _settled(_canonical, text)
    return _settled(_words, text)


def _settled(change: Callable[[str], str], text: str) -> str:
    """What a replacement leaves behind may be replaced in turn: go on until nothing moves."""
    for _ in range(8):
        changed = change(text)
        if changed == text:
            break
        text = changed
    return text


def _canonical(text: str) -> str:
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text).lower())


def _words(text: str) -> str:
    text = _EMOJI.sub(r" \1 ", _replace_personal(text))
    text = _SYMBOL_RUN.sub(r"\1\1", _LETTER_RUN.sub(r"\1", text))
    return " ".join(_without_repeats(word[:MAX_WORD_CHARACTERS] for word in text.split()[:MAX_WORDS]))


def _replace_personal(text: str) -> str:
    text = _MASK.sub(lambda mask: f" {_MASKS[mask[1]]} ", text)
    text = _EMAIL.sub(f" {EMAIL} ", text)
    text = _LINK.sub(f" {LINK} ", text)
    text = _MENTION.sub(f" {MENTION} ", text)
    text = _IDENTITY.sub(f" {IDENTITY} ", text)
    return _PHONE.sub(f" {PHONE} ", text)


def _without_repeats(words: Iterable[str]) -> Iterator[str]:
    last = before_last = None
    for word in words:
        if word == last == before_last:
            continue
        yield word
        before_last, last = last, word
