"""Sealing of what must not lie in the database in clear: one-time codes and reset links.

The key is derived from the setting `outbox_secret`, which is shared by all processes. A body is
sealed with the first secret of the setting and opened with any of them, so that a secret can be
changed while messages are waiting.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Self

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from contact_center.settings import ContactCenterSettings

_PURPOSE = b"warmline: bodies of messages"


class SealingError(RuntimeError):
    """Something cannot be sealed or opened; the message says what to do, never what was sealed."""


class Seal:
    """Seals and opens text.

    Args:
        secrets: The one to seal with, then older ones that may still be needed to open.

    Raises:
        SealingError: There is no secret.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        if not secrets:
            raise SealingError(
                "secret messages need a key: set WARMLINE_OUTBOX_SECRET, the same for the server "
                "and the action server (`openssl rand -hex 32` makes one)"
            )
        self._fernet = MultiFernet([Fernet(_key(secret)) for secret in secrets])

    @classmethod
    def of(cls, settings: ContactCenterSettings) -> Self:
        """Make the seal that settings name.

        Args:
            settings: With `outbox_secret`.

        Raises:
            SealingError: The setting is empty.
        """
        return cls(settings.outbox_secrets)

    def close(self, text: str) -> str:
        """Seal a text.

        Args:
            text: Anything.

        Returns:
            The sealed text, of ASCII characters; another one each time.
        """
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def open(self, sealed: str) -> str:
        """Open a sealed text.

        Args:
            sealed: As `close` gave it.

        Returns:
            The text.

        Raises:
            SealingError: It was sealed with another secret, or was changed.
        """
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise SealingError(
                "a message was sealed with another secret: give WARMLINE_OUTBOX_SECRET the old one "
                "as well, behind the new one and a comma"
            ) from None


def _key(secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
