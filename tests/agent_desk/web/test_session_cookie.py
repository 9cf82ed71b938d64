"""The cookies of the desk."""

from __future__ import annotations

from starlette.responses import Response

from agent_desk.web.session_cookie import SessionCookie


def attributes(response: Response) -> list[set[str]]:
    return [set(cookie.split("; ")) for cookie in response.headers.getlist("set-cookie")]


def test_no_script_and_no_other_site_gets_them() -> None:
    response = Response()
    SessionCookie(secure=False).begin(response, "token", "mark")
    kept = {"HttpOnly", "Path=/", "SameSite=strict"}
    assert attributes(response) == [
        {"warmline_desk=token", "Max-Age=43200", *kept},
        {"warmline_known_desk=mark", "Max-Age=15552000", *kept},
    ]


def test_by_https_they_are_of_one_host_only() -> None:
    response = Response()
    SessionCookie(secure=True).begin(response, "token", "mark")
    session, known = attributes(response)
    assert {"__Host-warmline_desk=token", "Secure", "Path=/"} <= session
    assert {"__Host-warmline_known_desk=mark", "Secure", "Path=/"} <= known


def test_the_end_of_a_session_leaves_the_browser_known() -> None:
    response = Response()
    SessionCookie(secure=False).end(response)
    (ended,) = attributes(response)
    assert {'warmline_desk=""', "Max-Age=0", "Path=/"} <= ended
