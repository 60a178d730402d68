"""Signing: what lets who receives a webhook see that it came from here, unchanged and lately.

The headers and the signature are those of Standard Webhooks 1.0 (standardwebhooks.com), for which
libraries exist in most languages.
"""

import base64
import binascii
import hashlib
import hmac
import secrets

from penchant.errors import BadInput

__all__ = ["key_of", "new_secret", "signature"]

PREFIX = "whsec_"
_LEAST, _MOST = 24, 64


def new_secret() -> str:
    """Give a secret that nobody had before, for a new webhook.

    Example:
        >>> len(key_of(new_secret()))
        32
    """
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def key_of(secret: str) -> bytes:
    """Give the bytes that a secret stands for.

    Raises:
        BadInput: When it is not `whsec_` and the base64 of 24 to 64 bytes.
    """
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or not _LEAST <= len(key) <= _MOST:
        raise BadInput(
            f"The secret of a webhook must be `{PREFIX}` and the base64 of {_LEAST} to {_MOST} "
            "bytes. Make one with `penchant.adapters.channels.signing.new_secret()`."
        )
    return key


def signature(key: bytes, message: str, at: int, body: bytes) -> str:
    """Give what goes into `webhook-signature`.

    Args:
        key: The bytes of the secret.
        message: The id, as in `webhook-id`.
        at: Seconds since 1970, as in `webhook-timestamp`.
        body: As it is sent.

    Example:
        >>> signature(bytes(32), "d-1", 1763809200, b"{}")
        'v1,...'

    Source: Standard Webhooks 1.0, "Signature scheme": HMAC-SHA256 over `id.timestamp.body`.
    """
    signed = hmac.digest(key, f"{message}.{at}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed).decode()
