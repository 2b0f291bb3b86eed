from services.ingest.events.pseudonym import pseudonym


def test_vector() -> None:
    """Made by `printf instagram:17841400000000000 | openssl dgst -sha256 -hmac KEY`."""
    assert (
        pseudonym(b"kunci-rahasia-untuk-uji-coba-32ch", "instagram", "17841400000000000")
        == "d582483712daa2f4b4ce1445371b8237938801d79499683164ed104dc4063a51"
    )


def test_platforms_are_told_apart() -> None:
    assert pseudonym(b"k", "x", "1") != pseudonym(b"k", "instagram", "1")


def test_keys_are_told_apart() -> None:
    assert pseudonym(b"k", "x", "1") != pseudonym(b"l", "x", "1")
