"""Whether a form was sent from one of our own pages."""

from __future__ import annotations

import pytest

from agent_desk.web.same_origin import is_same_origin

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
