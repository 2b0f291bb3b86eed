"""Comments of every length and kind, generated; the same in every run."""

import random

WORDS = [
    *(
        "pelayanan",
        "bagus",
        "jelek",
        "cepat",
        "lambat",
        "terima",
        "kasih",
        "min",
        "pak",
        "jalan",
        "rusak",
        "mati",
    ),
    *(
        "air",
        "bersih",
        "sehat",
        "semoga",
        "gak",
        "bisa",
        "daftar",
        "kecewa",
        "mantap",
        "kapan",
        "vaksin",
        "antri",
    ),
    *(
        "petugas",
        "ramah",
        "tolong",
        "diperbaiki",
        "matur",
        "nuwun",
        "mboten",
        "saged",
        "hatur",
        "nuhun",
        "teu",
    ),
    *("@username", "[akun]", "https://contoh.id/x", "😂", "👍", "🙏🏽", "😡", "!", "?", "...", "2024", "KTP"),
]


def generated_texts(count: int, seed: int = 7) -> list[str]:
    dice = random.Random(seed)
    texts = ["", "👍", "?!", "好", "x" * 10_000, "sangat " * 3000, "[akun]"]
    lengths = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144]
    while len(texts) < count:
        texts.append(" ".join(dice.choices(WORDS, k=dice.choice(lengths))))
    return texts
