"""Setting a new password by a link, as the server answers it."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from contact_center.audit import Audit
from contact_center.outbox import Outbox

from .conftest import BROWSER, DeskUnderTest, ServeDesk

GOOD = "moss lantern harbour 42"


async def test_a_good_password_is_set_and_the_link_is_dead_afterwards(desk: DeskUnderTest) -> None:
    link = await desk.link()
    page = await desk.client.get(link)
    assert page.status_code == 200
    assert "Northwind Outfitters" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    answer = await desk.post(link, GOOD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/reset/done")
    assert "Your password is changed" in (await desk.client.get("/reset/done")).text
    assert await desk.opens_with(GOOD)
    assert (await desk.client.get(link)).status_code == 404
    assert (await desk.post(link, "another " + GOOD)).status_code == 404
    assert await desk.opens_with(GOOD)
    told = [m for m in await Outbox(desk.database).pending() if "was changed" in m.body]
    assert {message.kind for message in told} == {"email", "text"}


async def test_opening_a_link_does_not_use_it_up(desk: DeskUnderTest) -> None:
    link = await desk.link()
    for _ in range(3):
        assert (await desk.client.get(link)).status_code == 200
    assert (await desk.post(link, GOOD)).status_code == 303


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "at least 10 characters"),
        ("", "at least 10 characters"),
        ("aaaaaaaaaaaaaa", "easy to guess"),
        ("maria maria", "a name or an address that others know"),
        ("northwind outfitters", "a name or an address that others know"),
        ("qwertyuiop", "data breach"),
        ("x" * 300, "at most 256 characters"),
    ],
)
async def test_a_bad_password_is_refused_with_reasons_and_the_link_stays_good(
    desk: DeskUnderTest, password: str, reason: str
) -> None:
    link = await desk.link()
    answer = await desk.post(link, password)
    assert answer.status_code == 422
    assert reason in answer.text
    assert not password or f'value="{password}"' not in answer.text
    assert not await desk.opens_with(password)
    assert (await desk.post(link, GOOD)).status_code == 303


async def test_a_password_of_the_operators_list_is_refused(
    serve_desk: ServeDesk, tmp_path: Path
) -> None:
    breached = tmp_path / "breached.txt"
    known = hashlib.sha1(GOOD.encode(), usedforsecurity=False).hexdigest().upper()
    breached.write_text(f"{known}:7\n")
    desk = await serve_desk(breached_passwords=breached)
    answer = await desk.post(await desk.link(), GOOD)
    assert answer.status_code == 422
    assert "data breach" in answer.text


async def test_a_list_that_cannot_be_read_changes_nothing_and_is_told_to_the_operator(
    serve_desk: ServeDesk, tmp_path: Path
) -> None:
    desk = await serve_desk(breached_passwords=tmp_path / "gone.txt")
    link = await desk.link()
    with capture_logs() as logs:
        answer = await desk.post(link, GOOD)
    assert answer.status_code == 500
    assert "Nothing was changed" in answer.text
    assert not await desk.opens_with(GOOD)
    assert "WARMLINE_BREACHED_PASSWORDS" in str(logs)


async def test_two_entries_that_differ_are_refused(desk: DeskUnderTest) -> None:
    link = await desk.link()
    answer = await desk.post(link, GOOD, again=GOOD + "3")
    assert answer.status_code == 422
    assert "The two entries differ" in answer.text
    assert not await desk.opens_with(GOOD)


async def test_every_link_that_does_not_work_leads_to_the_same_page(desk: DeskUnderTest) -> None:
    used, expired = await desk.link(), None
    await desk.post(used, GOOD)
    desk.now += timedelta(hours=2)
    replaced = await desk.link()
    desk.now += timedelta(hours=2)
    expired = await desk.link()
    desk.now += timedelta(minutes=31)
    unknown = f"{desk.url}/reset/{'x' * 43}"
    links = (used, replaced, expired, unknown, f"{desk.url}/reset/%00%ff")
    pages = [await desk.client.get(link) for link in links]
    pages += [await desk.post(link, "another " + GOOD) for link in links]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1
    assert "This link does not work any more" in pages[0].text
    assert await desk.opens_with(GOOD)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site", "origin": "null"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
    ],
)
async def test_forms_of_other_sites_are_refused(
    desk: DeskUnderTest, headers: dict[str, str]
) -> None:
    link = await desk.link()
    form = {"password": GOOD, "again": GOOD}
    assert (await desk.client.post(link, data=form, headers=headers)).status_code == 403
    assert not await desk.opens_with(GOOD)


async def test_only_a_form_is_understood(desk: DeskUnderTest) -> None:
    link = await desk.link()
    form = {**BROWSER, "content-type": "application/x-www-form-urlencoded"}
    for answer in (
        await desk.client.post(link, json={"password": GOOD, "again": GOOD}, headers=BROWSER),
        await desk.client.post(link, files={"password": b"x"}, headers=BROWSER),
        await desk.client.post(link, content=b"again=1", headers=form),
        await desk.client.post(link, content="&".join(["a=1"] * 99).encode(), headers=form),
    ):
        assert answer.status_code == 400
    assert (await desk.client.put(link)).status_code == 405


async def test_who_tries_too_often_is_asked_to_wait(desk: DeskUnderTest) -> None:
    link = await desk.link()
    for _ in range(10):
        assert (await desk.post(link, "short")).status_code == 422
    answer = await desk.post(link, GOOD)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) <= 15
    assert not await desk.opens_with(GOOD)
    assert (await desk.client.get(link)).status_code == 200


async def weighed(desk: DeskUnderTest, link: str, password: str) -> httpx.Response:
    return await desk.client.post(f"{link}/strength", data={"password": password}, headers=BROWSER)


async def test_the_meter_says_what_the_reset_would_say(desk: DeskUnderTest) -> None:
    link = await desk.link()
    await desk.client.get(link)
    weak = (await weighed(desk, link, "qwertyuiop")).json()
    assert weak["level"] < 3
    assert "data breach" in weak["reasons"][0]
    good = (await weighed(desk, link, GOOD)).json()
    assert good["level"] >= 3
    assert good["reasons"] == []
    assert not await desk.opens_with(GOOD)


async def test_the_meter_knows_whose_password_it_is_and_writes_nothing_down(
    desk: DeskUnderTest,
) -> None:
    link = await desk.link()
    await desk.client.get(link)
    before = await Audit(desk.database).entries(customer_id=desk.maria.id)
    weak = (await weighed(desk, link, "maria maria")).json()
    assert weak["level"] < 3
    assert "a name or an address that others know" in weak["reasons"][0]
    desk.now += timedelta(minutes=31)
    assert (await weighed(desk, link, GOOD)).status_code == 404
    assert await Audit(desk.database).entries(customer_id=desk.maria.id) == before


async def test_the_meter_only_works_for_an_open_page(desk: DeskUnderTest) -> None:
    link = await desk.link()
    assert (await weighed(desk, link, GOOD)).status_code == 404
    await desk.client.get(link)
    assert (await weighed(desk, link, GOOD)).status_code == 200
    foreign = await desk.client.post(
        f"{link}/strength", data={"password": GOOD}, headers={"sec-fetch-site": "cross-site"}
    )
    assert foreign.status_code == 404
    await desk.post(link, GOOD)
    assert (await weighed(desk, link, GOOD)).status_code == 404


async def test_neither_token_nor_password_is_logged(
    desk: DeskUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    link = await desk.link()
    token = link.rpartition("/")[2]
    with capture_logs() as logs:
        await desk.client.get(link)
        await weighed(desk, link, GOOD)
        await desk.post(link, "qwertyuiop")
        await desk.post(link, GOOD)
        await desk.client.get(link)
    # The test's own client logs what it asked for.
    records = [record.getMessage() for record in caplog.records if record.name[:4] != "http"]
    for secret in (token, GOOD, "qwertyuiop"):
        assert secret not in str(logs) + str(records)
