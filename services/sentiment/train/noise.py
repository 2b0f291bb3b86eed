"""Writes text the way people type it, so that the labels do not hang on correct spelling."""

import random

from services.sentiment.inference.normalise import PLACEHOLDERS
from services.sentiment.train.recipe import Finetuning

# Common short and colloquial forms, written down for this project.
COLLOQUIAL = {
    "tidak": ("gak", "ga", "tdk", "nggak", "ngga", "gk"),
    "yang": ("yg",),
    "dengan": ("dgn", "dg"),
    "untuk": ("utk", "buat"),
    "sudah": ("sdh", "udah", "udh"),
    "belum": ("blm", "belom"),
    "sangat": ("sgt", "bgt"),
    "banget": ("bgt", "bngt"),
    "bagaimana": ("gimana", "gmn"),
    "kenapa": ("knp", "knapa"),
    "karena": ("krn", "karna", "soalnya"),
    "saya": ("sy", "aku", "gue"),
    "kalau": ("kalo", "klo", "kl"),
    "juga": ("jg", "jga"),
    "bisa": ("bs", "bsa"),
    "jangan": ("jgn", "jangn"),
    "saja": ("aja", "sj", "aj"),
    "terima": ("trima",),
    "kasih": ("ksh",),
    "terimakasih": ("makasih", "mksh", "trims"),
    "orang": ("org",),
    "semoga": ("smoga", "smg"),
    "banyak": ("byk", "bnyk"),
    "bagus": ("bgus", "bgs"),
    "tapi": ("tp", "tpi"),
    "tetapi": ("tapi", "tp"),
    "mereka": ("mrk",),
    "kapan": ("kpn",),
    "sama": ("sm", "ama"),
    "dari": ("dr", "dri"),
    "pada": ("pd",),
    "dalam": ("dlm",),
    "lebih": ("lbh",),
    "harus": ("hrs", "kudu"),
    "pelayanan": ("playanan", "pelayanannya"),
    "masyarakat": ("masy", "warga"),
}
VOWELS = frozenset("aeiou")


def noisy(text: str, plan: Finetuning, dice: random.Random) -> str:
    words = text.split()
    if words and dice.random() < plan.noisy_texts:
        words = [_mistyped(word, dice) if dice.random() < plan.noisy_words else word for word in words]
    if dice.random() < plan.placeholder_texts:
        words.insert(dice.randint(0, len(words)), dice.choice(PLACEHOLDERS))
    return " ".join(words)


def _mistyped(word: str, dice: random.Random) -> str:
    if word in COLLOQUIAL and dice.random() < 0.7:
        return dice.choice(COLLOQUIAL[word])
    if len(word) < 4 or not word.isalpha() or word in PLACEHOLDERS:
        return word
    place = dice.randint(1, len(word) - 2)
    match dice.randint(0, 3):
        case 0:
            return word[:place] + word[place + 1 :]
        case 1:
            return word[:place] + word[place] + word[place:]
        case 2:
            return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        case _:
            return word[0] + "".join(letter for letter in word[1:] if letter not in VOWELS)
