"""The cookies of the desk: one that is the session, and one that only knows the browser again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from starlette.responses import Response

from contact_center.settings import ContactCenterSettings
from contact_center.staff_sessions import LONGEST

KNOWN_FOR = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """How cookies are named and set.

    Args:
        secure: Whether browsers reach us by HTTPS.
    """

    secure: bool

    @classmethod
    def of(cls, settings: ContactCenterSettings) -> SessionCookie:
        """Take what is needed from the settings.

        Args:
            settings: The address under which browsers reach us.

        Returns:
            The cookies' name and kind.
        """
        return cls(urlsplit(settings.desk_url).scheme == "https")

    @property
    def name(self) -> str:
        """Of the cookie that is the session; by HTTPS no other host can set one of this name."""
        return self._named("warmline_desk")

    @property
    def known_name(self) -> str:
        """Of the cookie that says that its owner has signed in here before."""
        return self._named("warmline_known_desk")

    def begin(self, response: Response, token: str, known: str) -> None:
        """Let a browser be signed in.

        Args:
            response: To the browser.
            token: Of its session.
            known: By which it will be known again.
        """
        self._set(response, self.name, token, LONGEST)
        self._set(response, self.known_name, known, KNOWN_FOR)

    def end(self, response: Response) -> None:
        """Let a browser forget its session.

        Args:
            response: To the browser.
        """
        self._set(response, self.name, "", timedelta(0))

    def _named(self, name: str) -> str:
        return f"__Host-{name}" if self.secure else name

    def _set(self, response: Response, name: str, value: str, for_: timedelta) -> None:
        response.set_cookie(
            name,
            value,
            max_age=int(for_.total_seconds()),
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="strict",
        )
