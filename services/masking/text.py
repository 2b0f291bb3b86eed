"""Personal data in public texts, replaced by placeholders before anything is stored.

What is searched for: national identity numbers, telephone numbers, e-mail addresses, vehicle plates and
handles. Names cannot be found reliably and stay. An unbroken run of 16 digits is always masked, a price or a
date is not. Every pass is linear in the text, and masking twice changes nothing.
"""

import re

from services.masking.numbers import mask_numbers
from services.masking.plates import mask_plates

NIK = "[nik]"
PHONE = "[telepon]"
EMAIL = "[email]"
PLATE = "[plat]"
HANDLE = "[akun]"

# Possessive quantifiers: a run is read once, not from each of its letters.
_EMAIL = re.compile(r"(?<![\w.%+\-])[\w.%+\-]++[@＠](?:[\w\-]++\.)+[^\W\d_]{2,}")
# "@5.000" and "@Rp5.000" are prices: a handle has a letter.
_HANDLE = re.compile(r"[@＠](?!rp\.?\s?\d)(?=[\w.\-]*[^\W\d])\w(?:[\w.\-]*\w)?", re.IGNORECASE)


def mask(text: str) -> str:
    if "@" in text or "＠" in text:
        text = _HANDLE.sub(HANDLE, _EMAIL.sub(EMAIL, text))
    # Plates first: the letters of one may read "Rp", which would shield the number after it.
    return mask_numbers(mask_plates(text, plate=PLATE), nik=NIK, phone=PHONE)
