import hashlib
import hmac


def pseudonym(key: bytes, platform: str, author_id: str) -> str:
    """HMAC-SHA256 of `platform:author_id` in hex: the same person on a platform, never who it is."""
    return hmac.new(key, f"{platform}:{author_id}".encode(), hashlib.sha256).hexdigest()
