"""Who may open what below `/desk`, and where a sign-in leads."""

from __future__ import annotations

import pytest

from agent_desk.web.desk_addresses import home_of, is_below_desk, may_open, safe_next
from contact_center.staff import ROLES, Role


@pytest.mark.parametrize(
    ("path", "roles"),
    [
        ("/desk", "agent supervisor"),
        ("/desk/", "agent supervisor"),
        ("/desk/audio", "agent supervisor"),
        ("/desk/floor", "supervisor"),
        ("/desk/floor/", "supervisor"),
        ("/desk/floor/queues", "supervisor"),
        ("/desk/calls", "supervisor designer"),
        ("/desk/calls/c1", "supervisor designer"),
        ("/desk/sign-out", "agent supervisor designer"),
        ("/desk/recordings/c1", "agent supervisor designer"),
        ("/desk/_nicegui/3.18.0/static/vue.js", "agent supervisor designer"),
    ],
)
def test_each_role_has_its_pages(path: str, roles: str) -> None:
    assert [role for role in ROLES if may_open(role, path)] == roles.split()


@pytest.mark.parametrize("role", ROLES)
def test_everybody_may_open_where_they_are_led(role: Role) -> None:
    assert may_open(role, home_of(role))


@pytest.mark.parametrize(
    ("path", "below"),
    [("/desk", True), ("/desk/x", True), ("/desktop", False), ("/", False), ("/DESK", False)],
)
def test_the_desk_is_what_lies_below_its_address(path: str, below: bool) -> None:
    assert is_below_desk(path) is below


@pytest.mark.parametrize(
    "wanted", ["/desk/calls", "/desk/calls?call=c1&at=2", "/desk/floor", "/desk/", "/desk"]
)
def test_a_sign_in_leads_to_what_was_asked_for(wanted: str) -> None:
    assert safe_next(wanted, "supervisor") == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "/",
        "/outbox",
        "https://evil.example/desk/",
        "//evil.example/desk/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/desk\\evil",
        "/desk//evil.example",
        "/desk/../outbox",
        "/desk/%2e%2e/outbox",
        "/desk/%252e%252e/outbox",
        "/desk/..",
        "/desk/calls%00",
        "/desk/calls\r\nSet-Cookie: a=b",
        "/desk/calls%0d%0aSet-Cookie:a=b",
        "javascript:alert(1)",
        "data:text/html,x",
        "/desktop",
        "/desk@evil.example",
        "desk/calls",
        " /desk/calls",
        "http://[/desk",
        "/desk/sign-in",
        "/desk/sign-out",
        "/desk/floor/" + "x" * 500,
    ],
)
def test_it_leads_nowhere_else(wanted: str) -> None:
    assert safe_next(wanted, "supervisor") == "/desk/floor"


def test_it_leads_to_no_page_of_another_role() -> None:
    assert safe_next("/desk/floor", "agent") == "/desk/"
    assert safe_next("/desk/", "designer") == "/desk/calls"
