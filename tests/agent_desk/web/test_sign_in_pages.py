"""Signing in and out."""

from __future__ import annotations

import re

import pytest

from contact_center.audit import Audit
from contact_center.passwords import Passwords
from contact_center.staff import StaffAccounts

from .conftest import DeskUnderTest, ServeDesk
from .small_desk import FORM, PASSWORD, add_staff, sign_in, small_desk, try_sign_in

WRONG = "The name or the password is not right"


pytestmark = pytest.mark.usefixtures("light_passwords", "long_waits")


@pytest.fixture
async def desk(serve_desk: ServeDesk) -> DeskUnderTest:
    desk = await serve_desk(pages=small_desk())
    await add_staff(desk)
    return desk


async def audited(desk: DeskUnderTest) -> list[tuple[str, str]]:
    return [(entry.action, entry.detail) for entry in await Audit(desk.database).entries()]


async def test_as_long_as_nobody_can_sign_in_it_is_said_how_to_begin(serve_desk: ServeDesk) -> None:
    desk = await serve_desk(pages=small_desk())
    page = await desk.client.get("/desk/", follow_redirects=True)
    assert page.status_code == 200
    assert "warmline staff add Sam" in page.text
    assert "<form" not in page.text
    await add_staff(desk)
    assert "<form" in (await desk.client.get("/desk/sign-in")).text


def without_the_name(page: str) -> str:
    return re.sub(r'value="[^"]*"|autofocus|\s', "", page)


@pytest.mark.parametrize("name", ["Sam", "sam", " SAM "])
async def test_the_right_password_leads_to_the_desk(desk: DeskUnderTest, name: str) -> None:
    answer = await try_sign_in(desk, name)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/")
    assert (await desk.client.get("/desk/")).status_code == 200


async def test_whoever_is_signed_in_is_not_asked_again(desk: DeskUnderTest) -> None:
    await sign_in(desk)
    answer = await desk.client.get("/desk/sign-in?next=https://evil.example/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/")


async def test_a_sign_in_goes_on_to_the_page_that_was_asked_for(desk: DeskUnderTest) -> None:
    await add_staff(desk, "Ana", "supervisor")
    asked = await desk.client.get("/desk/calls?call=c%201")
    page = await desk.client.get(asked.headers["location"])
    wanted = re.search(r'name="next" value="([^"]*)"', page.text)
    assert wanted is not None
    answer = await try_sign_in(desk, "Ana", next=wanted[1])
    assert answer.headers["location"] == "/desk/calls?call=c%201"


async def test_a_sign_in_leads_to_no_other_site(desk: DeskUnderTest) -> None:
    for wanted in ("https://evil.example", "//evil.example", "/desk/\\evil", "/desk/\r\nX: y"):
        answer = await try_sign_in(desk, next=wanted)
        assert answer.headers["location"] == "/desk/"
        assert "x" not in answer.headers


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("Sam", "wrong"),
        ("Sam", ""),
        ("Nobody", PASSWORD),
        ("", ""),
        ("Gone", PASSWORD),
        ("<script>alert(1)</script>", "x"),
        ("' OR 1=1 --", "x"),
        ("Sam\0", PASSWORD),
        ("x" * 5000, "y" * 5000),
    ],
)
async def test_what_is_wrong_is_not_told_apart(
    desk: DeskUnderTest, name: str, password: str
) -> None:
    await add_staff(desk, "Gone")
    await StaffAccounts(desk.database, Passwords()).disable("Gone", desk.now)
    answer = await try_sign_in(desk, name, password)
    assert answer.status_code == 422
    assert WRONG in answer.text
    assert "set-cookie" not in answer.headers
    assert "<script" not in answer.text
    known = await try_sign_in(desk, "Sam", "wrong")
    assert without_the_name(answer.text) == without_the_name(known.text)


async def test_the_name_stays_and_the_password_does_not(desk: DeskUnderTest) -> None:
    answer = await try_sign_in(desk, 'Sam "the man"', "my wrong password")
    assert 'value="Sam &#34;the man&#34;"' in answer.text
    assert "my wrong password" not in answer.text


async def test_the_cookie_is_kept_from_scripts_and_other_sites(desk: DeskUnderTest) -> None:
    answer = await try_sign_in(desk)
    session, known = answer.headers.get_list("set-cookie")
    for cookie, name in ((session, "warmline_desk"), (known, "warmline_known_desk")):
        assert re.match(rf"{name}=[\w-]{{43,}}; ", cookie)
        assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
    assert "Max-Age=43200" in session


async def test_by_https_the_cookie_is_of_this_host_and_https_only(serve_desk: ServeDesk) -> None:
    desk = await serve_desk(desk_url="https://desk.example.com", pages=small_desk())
    await add_staff(desk)
    desk.client.headers["host"] = "desk.example.com"
    for cookie in (await try_sign_in(desk)).headers.get_list("set-cookie"):
        assert cookie.startswith(("__Host-warmline_desk=", "__Host-warmline_known_desk="))
        assert "Secure" in cookie.split("; ")
    # Another host's cookie of the plain name is not looked at.
    plain = {"cookie": "warmline_desk=" + "x" * 43}
    assert (await desk.client.get("/desk/", headers=plain)).status_code == 303


async def test_a_token_from_before_the_sign_in_is_worth_nothing(desk: DeskUnderTest) -> None:
    planted = "p" * 43
    desk.client.cookies.set("warmline_desk", planted)
    await try_sign_in(desk)
    own = desk.client.cookies.jar
    tokens = {cookie.value for cookie in own if cookie.name == "warmline_desk"}
    desk.client.cookies.clear()
    for token in tokens:
        answer = await desk.client.get("/desk/", headers={"cookie": f"warmline_desk={token}"})
        assert answer.status_code == (303 if token == planted else 200)


async def test_a_new_sign_in_ends_the_session_before(desk: DeskUnderTest) -> None:
    await sign_in(desk)
    before = desk.client.cookies["warmline_desk"]
    await sign_in(desk)
    assert desk.client.cookies["warmline_desk"] != before
    desk.client.cookies.clear()
    answer = await desk.client.get("/desk/", headers={"cookie": f"warmline_desk={before}"})
    assert answer.status_code == 303


async def test_signing_out_ends_the_session_and_the_cookie(desk: DeskUnderTest) -> None:
    csrf = await sign_in(desk)
    token = desk.client.cookies["warmline_desk"]
    answer = await desk.client.post("/desk/sign-out", data={"csrf": csrf}, headers=FORM)
    assert answer.status_code == 303
    assert "warmline_desk" not in desk.client.cookies
    page = await desk.client.get(answer.headers["location"])
    assert "You are signed out." in page.text
    again = await desk.client.get("/desk/", headers={"cookie": f"warmline_desk={token}"})
    assert again.status_code == 303


@pytest.mark.parametrize("form", [{}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": "\u00e9"}])
async def test_nobody_else_signs_somebody_out(desk: DeskUnderTest, form: dict[str, str]) -> None:
    await sign_in(desk)
    answer = await desk.client.post("/desk/sign-out", data=form, headers=FORM)
    assert answer.status_code == 403
    assert (await desk.client.get("/desk/sign-out")).status_code == 404
    assert (await desk.client.get("/desk/")).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}, {"origin": "null"}],
)
async def test_no_other_site_signs_somebody_in(
    desk: DeskUnderTest, headers: dict[str, str]
) -> None:
    form = {"name": "Sam", "password": PASSWORD}
    answer = await desk.client.post("/desk/sign-in", data=form, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "sent",
    [
        {"content": b"name=Sam", "headers": {"content-type": "text/plain"}},
        {"json": {"name": "Sam", "password": PASSWORD}},
        {"data": {"name": "Sam"}},
        {"content": b""},
        {"data": {f"field{number}": "x" for number in range(50)}},
    ],
)
async def test_what_is_no_form_of_ours_is_not_looked_at(
    desk: DeskUnderTest, sent: dict[str, object]
) -> None:
    answer = await desk.client.post("/desk/sign-in", **sent)  # type: ignore[arg-type]
    assert answer.status_code == 400


async def test_after_some_failures_there_is_a_wait_that_is_told(desk: DeskUnderTest) -> None:
    for _ in range(5):
        assert (await try_sign_in(desk, password="wrong")).status_code == 422
    # The right one has to wait as well, or the wait would tell them apart.
    for name in ("Sam", "sam"):
        answer = await try_sign_in(desk, name)
        assert answer.status_code == 429
        seconds = int(answer.headers["retry-after"])
        assert 0 < seconds <= 60
        assert f"You can try again in {seconds} second" in answer.text
    await add_staff(desk, "Kim")
    assert (await try_sign_in(desk, "Kim")).status_code == 303


async def test_names_that_nobody_has_wait_as_well(desk: DeskUnderTest) -> None:
    statuses = [(await try_sign_in(desk, "Nobody", "wrong")).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


async def test_strangers_do_not_keep_somebody_out_of_their_own_browser(
    desk: DeskUnderTest,
) -> None:
    await sign_in(desk)
    own = dict(desk.client.cookies)
    desk.client.cookies.clear()
    for _ in range(6):
        stranger = await try_sign_in(desk, password="wrong")
    assert stranger.status_code == 429
    desk.client.cookies.update({"warmline_known_desk": own["warmline_known_desk"]})
    assert (await try_sign_in(desk)).status_code == 303
    # It opens nothing, and is of nobody else.
    desk.client.cookies.clear()
    desk.client.cookies.update({"warmline_known_desk": own["warmline_known_desk"]})
    assert (await desk.client.get("/desk/")).status_code == 303
    statuses = [(await try_sign_in(desk, "Kim", "wrong")).status_code for _ in range(6)]
    assert statuses[-1] == 429


async def test_every_sign_in_is_audited_and_no_password_is(desk: DeskUnderTest) -> None:
    await try_sign_in(desk, "sam", "a wrong password")
    await try_sign_in(desk, "a password typed as a name", "x")
    csrf = await sign_in(desk)
    await desk.client.post("/desk/sign-out", data={"csrf": csrf}, headers=FORM)
    await StaffAccounts(desk.database, Passwords()).disable("Sam", desk.now)
    await try_sign_in(desk)
    assert await audited(desk) == [
        ("sign_in_failed", "Sam from 127.0.0.1"),
        ("sign_in_failed", "an unknown name from 127.0.0.1"),
        ("signed_in", "Sam from 127.0.0.1"),
        ("signed_out", "Sam from 127.0.0.1"),
        ("sign_in_failed", "Sam (disabled) from 127.0.0.1"),
    ]


async def test_no_browser_keeps_these_pages(desk: DeskUnderTest) -> None:
    for answer in (
        await desk.client.get("/desk/sign-in"),
        await try_sign_in(desk, password="wrong"),
        await try_sign_in(desk),
    ):
        assert answer.headers["cache-control"] == "no-store"
