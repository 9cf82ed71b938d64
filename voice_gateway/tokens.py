"""Short-lived, single-use tokens that let a caller or an agent's desk connect."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal

import jwt

Scope = Literal["call", "desk"]

MIN_SECRET_BYTES = 32
_ALGORITHM = "HS256"


class TokenError(Exception):
    """The token does not open this door; the message says what to do about it.

    Attributes:
        code: A stable name of the error for programs.
    """

    code: ClassVar[str] = "token_invalid"


class TokenMissingError(TokenError):
    """No token was given."""

    code = "token_missing"


class TokenInvalidError(TokenError):
    """The token is malformed, or signed with another secret."""

    code = "token_invalid"


class TokenExpiredError(TokenError):
    """The token was good, but its time is over."""

    code = "token_expired"


class TokenReusedError(TokenError):
    """The token has been used before."""

    code = "token_reused"


class TokenWrongScopeError(TokenError):
    """The token is good, but for something else."""

    code = "token_wrong_scope"


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """What a verified token says.

    Args:
        scope: What it may be used for.
        caller: The caller's number in E.164 form, when the scope is `call` and it is known.
        name: The agent's name, when the scope is `desk`.
        token_id: Unique to the token.
        expires_at: Aware.
    """

    scope: Scope
    caller: str | None
    name: str | None
    token_id: str
    expires_at: datetime


def _checked(secret: str) -> str:
    if len(secret.encode()) < MIN_SECRET_BYTES:
        raise ValueError(
            f"the token secret must have at least {MIN_SECRET_BYTES} bytes; make one with "
            '`python -c "import secrets; print(secrets.token_urlsafe(32))"`'
        )
    return secret


class TokenIssuer:
    """Makes tokens.

    Args:
        secret: Shared with the verifier, at least 32 bytes.

    Raises:
        ValueError: The secret is too short.
    """

    def __init__(self, secret: str) -> None:
        self._secret = _checked(secret)

    def issue(
        self,
        scope: Scope,
        *,
        now: datetime,
        caller: str | None = None,
        name: str | None = None,
        ttl_s: float = 60,
    ) -> str:
        """Make a token.

        Args:
            scope: What it may be used for.
            now: The time of issue, aware.
            caller: The caller's number in E.164 form; None for a withheld number.
            name: The agent's name, for the scope `desk`.
            ttl_s: How many seconds it is good for.

        Returns:
            The token, good for one use.
        """
        claims = {
            "scope": scope,
            "jti": secrets.token_urlsafe(16),
            "iat": now.timestamp(),
            "exp": (now + timedelta(seconds=ttl_s)).timestamp(),
        }
        if caller is not None:
            claims["caller"] = caller
        if name is not None:
            claims["name"] = name
        return jwt.encode(claims, self._secret, algorithm=_ALGORITHM)


class TokenVerifier:
    """Checks tokens and remembers those used, until they would have expired anyway.

    The memory is this process's: servers behind a balancer each keep their own, so a token could
    be used once at each of them within its 60 seconds.

    Args:
        secret: Shared with the issuer, at least 32 bytes.

    Raises:
        ValueError: The secret is too short.
    """

    def __init__(self, secret: str) -> None:
        self._secret = _checked(secret)
        self._used: dict[str, float] = {}

    def verify(self, token: str | None, scope: Scope, now: datetime) -> TokenClaims:
        """Check a token and use it up.

        Args:
            token: As given by the client.
            scope: What the client wants to do.
            now: Aware.

        Returns:
            What the token says.

        Raises:
            TokenMissingError: There is no token.
            TokenInvalidError: It is malformed or signed with another secret.
            TokenExpiredError: Its time is over.
            TokenWrongScopeError: It is for something else.
            TokenReusedError: It has been used before.
        """
        if not token:
            raise TokenMissingError(
                "no token was given: send one in the hello message or as an Authorization header"
            )
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[_ALGORITHM],
                options={
                    "require": ["scope", "jti", "exp"],
                    # Time is an argument here, so the library's own clock stays out of it.
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
            expires = float(claims["exp"])
            expires_at = datetime.fromtimestamp(expires, tz=now.tzinfo)
        except (jwt.InvalidTokenError, TypeError, ValueError, OverflowError, OSError) as error:
            raise TokenInvalidError(
                "the token is not one of this server's: get a new one from this server, and check "
                "that issuer and server share the same secret"
            ) from error
        if now.timestamp() >= expires:
            raise TokenExpiredError(
                "the token has expired: get a new one and connect within a minute"
            )
        if claims["scope"] != scope:
            raise TokenWrongScopeError(
                f"the token is for {claims['scope']!r}, not for {scope!r}: get one for {scope!r}"
            )
        token_id = str(claims["jti"])
        self._forget_expired(now)
        if token_id in self._used:
            raise TokenReusedError(
                "the token has been used already: each is good for one connection, get a new one"
            )
        self._used[token_id] = expires
        return TokenClaims(
            scope=scope,
            caller=_text(claims.get("caller")),
            name=_text(claims.get("name")),
            token_id=token_id,
            expires_at=expires_at,
        )

    def _forget_expired(self, now: datetime) -> None:
        limit = now.timestamp()
        for token_id in [key for key, expires in self._used.items() if expires <= limit]:
            del self._used[token_id]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
