"""Whether a request was sent from one of our own pages."""

from __future__ import annotations

import pytest

from agent_desk.web.same_origin import is_own_origin, is_same_origin

OWN = "https://desk.example.com"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"sec-fetch-site": "same-origin", "origin": "null"}, True),
        ({"sec-fetch-site": "same-site", "origin": "null"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site", "origin": OWN}, False),
        ({"origin": OWN}, True),
        ({"origin": "https://DESK.example.com"}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "http://desk.example.com"}, False),
        ({"origin": "null"}, True),
        ({}, True),
    ],
)
def test_what_the_headers_tell(headers: dict[str, str], expected: bool) -> None:
    assert is_same_origin(headers, OWN) is expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"origin": OWN}, True),
        ({"origin": OWN, "host": "10.0.0.7:8910"}, True),
        ({"origin": OWN, "sec-fetch-site": "same-origin"}, True),
        ({"origin": "https://other.example.com:444", "host": "other.example.com:444"}, True),
        ({"origin": "https://other.example.com", "host": "other.example.com:443"}, True),
        ({}, True),
        ({"origin": "null"}, False),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, False),
        ({"origin": OWN, "sec-fetch-site": "cross-site"}, False),
        ({"origin": "https://evil.example", "host": "desk.example.com"}, False),
        ({"origin": "https://desk.example.com:444", "host": "desk.example.com"}, False),
        ({"origin": "http://desk.example.com", "host": "desk.example.com"}, False),
        ({"origin": "https://desk.example.com.evil.example", "host": "desk.example.com"}, False),
        ({"origin": "https://desk.example.com@evil.example", "host": "desk.example.com"}, False),
        ({"origin": "https://[", "host": "desk.example.com"}, False),
        ({"origin": "https://desk.example.com:x", "host": "desk.example.com"}, False),
        ({"origin": "file://", "host": ""}, False),
        ({"origin": ""}, False),
    ],
)
def test_where_the_origin_is_always_told_it_must_be_ours(
    headers: dict[str, str], expected: bool
) -> None:
    assert is_own_origin(headers, OWN) is expected
