"""The outbox as a page, for development."""

from __future__ import annotations

import pytest

from agent_desk.web.outbox_pages import linked
from contact_center.outbox import Outbox

from .conftest import NOW, DeskUnderTest, ServeDesk


async def test_it_is_not_there_unless_it_is_asked_for(desk: DeskUnderTest) -> None:
    await desk.link()
    answer = await desk.client.get("/outbox")
    assert answer.status_code == 404
    assert "maria" not in answer.text
    assert "/outbox" not in (await desk.client.get("/")).text


async def test_it_shows_messages_opened_and_links_to_follow(serve_desk: ServeDesk) -> None:
    desk = await serve_desk(shows_outbox=True)
    assert "There is none yet" in (await desk.client.get("/outbox")).text
    link = await desk.link()
    answer = await desk.client.get("/outbox")
    assert answer.headers["cache-control"] == "no-store"
    assert f'<a href="{link}">{link}</a>' in answer.text
    assert "Set a new password" in answer.text
    assert "waiting" in answer.text
    assert "Mar 4, 15:00:00" in answer.text
    assert 'href="/outbox"' in (await desk.client.get("/")).text


async def test_it_shows_what_became_of_a_message(serve_desk: ServeDesk) -> None:
    desk = await serve_desk(shows_outbox=True)
    outbox = Outbox(desk.database)
    sent = await outbox.queue("text", "+15550100042", "", "1", None, None, NOW, secret=True)
    await outbox.mark_sent(sent, NOW)
    await outbox.queue("email", "a@example.com", "Hi", "<b>2</b>", None, None, NOW)
    (claimed,) = await outbox.claim(["email"], NOW)
    await outbox.mark_failed(claimed, "mail.test cannot be reached", NOW, again_at=None)
    text = (await desk.client.get("/outbox")).text
    assert "The body was erased" in text
    assert "given up: mail.test cannot be reached" in text
    assert "&lt;b&gt;2&lt;/b&gt;" in text


async def test_a_body_sealed_with_another_secret_says_what_to_do(
    serve_desk: ServeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await serve_desk(shows_outbox=True)
    await Outbox(desk.database).queue(
        "text", "+15550100042", "", "123456", None, None, NOW, secret=True
    )
    monkeypatch.setenv("WARMLINE_OUTBOX_SECRET", "another secret of thirty-two bytes or more")
    answer = await desk.client.get("/outbox")
    assert "give WARMLINE_OUTBOX_SECRET the old one" in answer.text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("go to http://a.example/x. Now", 'go to <a href="http://a.example/x">'
         "http://a.example/x</a>. Now"),
        ("(https://a.example/?q=1&r=2)", '(<a href="https://a.example/?q=1&amp;r=2">'
         "https://a.example/?q=1&amp;r=2</a>)"),
        ("<script>javascript:alert(1)</script>",
         "&lt;script&gt;javascript:alert(1)&lt;/script&gt;"),
        ('http://a.example/"onclick=x', '<a href="http://a.example/">http://a.example/</a>'
         "&#34;onclick=x"),
        ("no link", "no link"),
    ],
)  # fmt: skip
def test_links_are_found_and_everything_is_escaped(text: str, html: str) -> None:
    assert str(linked(text)) == html
