from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from voice_gateway.tokens import (
    TokenExpiredError,
    TokenInvalidError,
    TokenIssuer,
    TokenMissingError,
    TokenReusedError,
    TokenVerifier,
    TokenWrongScopeError,
)

SECRET = "a secret for tests, of thirty-two bytes or more"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def issuer() -> TokenIssuer:
    return TokenIssuer(SECRET)


@pytest.fixture
def verifier() -> TokenVerifier:
    return TokenVerifier(SECRET)


def test_a_call_token_carries_the_callers_number(
    issuer: TokenIssuer, verifier: TokenVerifier
) -> None:
    token = issuer.issue("call", caller="+15550100042", now=NOW)
    claims = verifier.verify(token, "call", NOW)
    assert (claims.scope, claims.caller, claims.name) == ("call", "+15550100042", None)
    assert claims.expires_at == NOW + timedelta(seconds=60)


def test_a_desk_token_carries_the_agents_name(issuer: TokenIssuer, verifier: TokenVerifier) -> None:
    token = issuer.issue("desk", name="Sam", now=NOW)
    assert verifier.verify(token, "desk", NOW).name == "Sam"


def test_a_withheld_number_is_none(issuer: TokenIssuer, verifier: TokenVerifier) -> None:
    assert verifier.verify(issuer.issue("call", now=NOW), "call", NOW).caller is None


def test_a_token_opens_one_connection_only(issuer: TokenIssuer, verifier: TokenVerifier) -> None:
    token = issuer.issue("call", now=NOW)
    verifier.verify(token, "call", NOW)
    with pytest.raises(TokenReusedError, match="get a new one"):
        verifier.verify(token, "call", NOW + timedelta(seconds=59))


def test_a_token_expires_after_a_minute(issuer: TokenIssuer, verifier: TokenVerifier) -> None:
    token = issuer.issue("call", now=NOW)
    with pytest.raises(TokenExpiredError, match="expired"):
        verifier.verify(token, "call", NOW + timedelta(seconds=60))


def test_a_used_token_that_has_expired_is_forgotten_and_still_refused(
    issuer: TokenIssuer, verifier: TokenVerifier
) -> None:
    old = issuer.issue("call", now=NOW)
    verifier.verify(old, "call", NOW)
    later = NOW + timedelta(minutes=5)
    verifier.verify(issuer.issue("call", now=later), "call", later)
    assert len(verifier._used) == 1
    with pytest.raises(TokenExpiredError):
        verifier.verify(old, "call", later)


def test_a_call_token_does_not_open_the_desk_and_is_not_used_up_by_trying(
    issuer: TokenIssuer, verifier: TokenVerifier
) -> None:
    token = issuer.issue("call", now=NOW)
    with pytest.raises(TokenWrongScopeError, match="'call', not for 'desk'"):
        verifier.verify(token, "desk", NOW)
    verifier.verify(token, "call", NOW)


@pytest.mark.parametrize("token", [None, ""])
def test_no_token_is_asked_for(verifier: TokenVerifier, token: str | None) -> None:
    with pytest.raises(TokenMissingError, match="hello message"):
        verifier.verify(token, "call", NOW)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"scope": "call", "exp": NOW.timestamp() + 60},
        {"scope": "call", "jti": "1"},
        {"scope": "call", "jti": "1", "exp": "soon"},
        {"scope": "call", "jti": "1", "exp": 1e300},
    ],
)
def test_a_token_with_missing_or_absurd_claims_is_invalid(
    verifier: TokenVerifier, claims: dict[str, object]
) -> None:
    with pytest.raises(TokenInvalidError):
        verifier.verify(jwt.encode(claims, SECRET, algorithm="HS256"), "call", NOW)


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "\ud800", "." * 50_000])
def test_text_that_is_no_token_is_invalid(verifier: TokenVerifier, token: str) -> None:
    with pytest.raises(TokenInvalidError, match="get a new one"):
        verifier.verify(token, "call", NOW)


def test_another_secret_or_no_signature_is_invalid(verifier: TokenVerifier) -> None:
    stranger = TokenIssuer("another secret, just as long as ours is")
    with pytest.raises(TokenInvalidError, match="same secret"):
        verifier.verify(stranger.issue("call", now=NOW), "call", NOW)
    unsigned = jwt.encode(
        {"scope": "call", "jti": "1", "exp": NOW.timestamp() + 60}, None, algorithm="none"
    )
    with pytest.raises(TokenInvalidError):
        verifier.verify(unsigned, "call", NOW)


def test_a_short_secret_is_refused_with_the_way_to_make_one() -> None:
    with pytest.raises(ValueError, match="token_urlsafe"):
        TokenIssuer("short")
    with pytest.raises(ValueError, match="32 bytes"):
        TokenVerifier("short")
