"""One call becomes a page that a person can read, whatever was said in it."""

from __future__ import annotations

import io
import shutil
import wave
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from contact_center.calls import TurnRecord
from contact_center.handoff_packet import HandoffPacket
from warmline.call_page import CallReport, PageTurn, render_call_page

STARTED = datetime(2026, 3, 15, 14, 30, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'{{ 7 * 7 }}\x1b[31m\u202e"


def word(text: str, confidence: float) -> dict[str, Any]:
    return {"text": text, "start": 0.0, "end": 0.2, "confidence": confidence}


def make_report(**changes: Any) -> CallReport:
    turns = (
        PageTurn("bot", "Northwind Outfitters, how can I help you?", 0.2),
        PageTurn(
            "caller",
            "my floor lamp has not come",
            3.4,
            confidence=0.82,
            words=[
                word(text, sure)
                for text, sure in (
                    ("my", 0.97),
                    ("floor", 0.91),
                    ("lamp", 0.35),
                    ("has", 0.9),
                    ("not", 0.93),
                    ("come", 0.88),
                )
            ],
        ),
        PageTurn(
            "bot",
            "I am sorry to hear that. What is your order number?",
            6.1,
            heard="I am sorry to hear that.",
            complete=False,
            delay_s=0.38,
            did=("looked up orders of Maria Delgado",),
        ),
        PageTurn("caller", "i want a person", 8.0, confidence=0.95, barge_in=True),
        PageTurn("bot", "Of course. A colleague is coming.", 9.6, delay_s=1.62),
        PageTurn("agent", "Hello Maria, this is Sam.", 14.0),
    )
    content: dict[str, Any] = {
        "call_id": "c-1",
        "title": "An angry caller with a late order",
        "caller": "+1 555 010 0042",
        "started_at": STARTED,
        "turns": turns,
        "ended_at": STARTED + timedelta(seconds=95),
        "end_reason": "agent_closed",
    }
    return CallReport(**{**content, **changes})


def make_packet(text: str = "The floor lamp is six days late.") -> HandoffPacket:
    return HandoffPacket.model_validate(
        {
            "handoff_id": "h1",
            "created_at": STARTED,
            "call": {
                "call_id": "c-1",
                "channel": "browser",
                "caller_number": "+15550100042",
                "started_at": STARTED,
            },
            "customer": {
                "customer_id": 1,
                "name": text,
                "tier": "vip",
                "is_staff": False,
                "matched_by": "caller_number",
                "recent_orders": [
                    {
                        "number": "715204",
                        "state": "shipped",
                        "items": [text],
                        "placed_on": "2026-03-01",
                        "expected_on": "2026-03-09",
                        "delivered_on": None,
                        "late": True,
                        "total_cents": 8999,
                    }
                ],
                "open_tickets": [
                    {
                        "ticket_id": 7,
                        "kind": "callback",
                        "subject": text,
                        "opened_at": STARTED,
                        "promised_at": STARTED,
                    }
                ],
            },
            "identity": {"level": "claimed", "how": text},
            "reason": "complaint",
            "trigger_turn_id": "t3",
            "intent": {"name": "order_late", "confidence": 0.91},
            "slots": {"order_number": {"value": text, "confirmed": False}},
            "actions_done": [text],
            "actions_not_done": [text],
            "emotion": {"direction": "rising", "latest": 0.8, "peak": 0.8},
            "complaint": {
                "level": 2,
                "category": text,
                "respond_by": STARTED,
                "resolve_by": STARTED,
            },
            "summary": {"issue": text, "tried": [text], "asks_for": text, "promises": [text]},
            "transcript": [],
            "routing": {"priority": 2, "wait_told_seconds": 60},
            "suggestions": [text],
            "state_history": [{"state": "offered", "at": STARTED, "agent_name": text}],
        }
    )


class Parts(HTMLParser):
    """The elements of a page and its visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_the_conversation_is_told_in_order_with_times_and_delays() -> None:
    text = " ".join(Parts(render_call_page(make_report())).text.split())

    assert "answers after 1.00 s (median), 1.62 s at most" in text
    assert "Caller 0:03 82% sure" in text
    assert "answered after 0.38 s" in text
    assert "looked up orders of Maria Delgado" in text
    assert text.index("how can I help you?") < text.index("Hello Maria, this is Sam.")
    assert "ended: agent closed" in text
    assert "1:35 long" in text


def test_doubtful_words_are_marked_and_explained() -> None:
    page = render_call_page(make_report())

    assert '<mark title="35% sure">lamp</mark>' in page
    assert "less than 60% confidence" in page


def test_what_the_caller_did_not_hear_is_struck_out() -> None:
    page = render_call_page(make_report())

    assert '<span class="unheard">What is your order number?</span>' in page


def test_the_packet_stands_beside_the_conversation() -> None:
    text = " ".join(Parts(render_call_page(make_report(), make_packet())).text.split())

    assert "Do not ask again name, phone number, reason for the call, order number" in text
    assert "715204: The floor lamp is six days late., $89.99, shipped late" in text
    assert "identity claimed" in text
    assert "order late (91% sure)" in text


def test_the_recording_is_played_from_beside_the_page() -> None:
    parts = Parts(render_call_page(make_report(), audio_file="call 1 #2.wav"))

    assert parts.all("audio")[0]["src"] == "./call%201%20%232.wav"
    assert len(parts.all("button")) == 6


def test_a_name_of_a_recording_cannot_become_an_address_elsewhere() -> None:
    parts = Parts(render_call_page(make_report(), audio_file="javascript:alert(1)"))

    assert parts.all("audio")[0]["src"] == "./javascript%3Aalert%281%29"


def test_the_page_needs_nothing_from_elsewhere() -> None:
    parts = Parts(render_call_page(make_report(), make_packet(), "call.wav"))

    addresses = [
        attributes[name]
        for _, attributes in parts.elements
        for name in ("src", "href")
        if name in attributes
    ]
    assert addresses == ["./call.wav"]


def test_nothing_said_in_a_call_becomes_part_of_the_page() -> None:
    turns = tuple(
        PageTurn(
            speaker,
            HOSTILE,
            1.0,
            words=[word(HOSTILE, 0.1)],
            heard=heard,
            complete=heard is None,
            did=(HOSTILE,),
        )
        for speaker, heard in (("caller", None), ("bot", HOSTILE[:10]), (HOSTILE, None))
    )
    report = make_report(
        turns=turns, title=HOSTILE, caller=HOSTILE, end_reason=HOSTILE, call_id=HOSTILE
    )

    page = render_call_page(report, make_packet(HOSTILE), HOSTILE)
    parts = Parts(page)

    assert len(parts.all("script")) == 1
    assert parts.all("img") == []
    assert "{{ 7 * 7 }}" in parts.text
    assert not set(page) & set("\x1b\u202e")
    assert not [name for _, attributes in parts.elements for name in attributes if name[:2] == "on"]


def test_a_call_in_which_nothing_was_said_has_a_page_too() -> None:
    page = render_call_page(make_report(turns=(), ended_at=None, end_reason=None))

    assert "Nothing was said." in page


def test_a_stored_turn_becomes_a_turn_of_the_page() -> None:
    record = TurnRecord(
        call_id="c-1",
        turn_id="t1",
        speaker="caller",
        text="hello",
        started_at=STARTED + timedelta(seconds=2.5),
        confidence=0.7,
    )

    turn = PageTurn.from_record(record, STARTED, delay_s=0.4, did=("greeted",))

    assert (turn.at_s, turn.text, turn.delay_s, turn.did) == (2.5, "hello", 0.4, ("greeted",))


# -- in a real browser -----------------------------------------------------------------------------


def silence(seconds: float) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes(int(seconds * 8000) * 4))
    return file.getvalue()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
    if path is None:
        pytest.fail("needs Chromium: run `make packages`")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def opened(browser: Browser, folder: Path, scheme: Any, width: int = 1100) -> Page:
    (folder / "call.wav").write_bytes(silence(30))
    (folder / "call.html").write_text(
        render_call_page(make_report(), make_packet(), "call.wav"), encoding="utf-8"
    )
    page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    page.goto((folder / "call.html").as_uri())
    return page


# Every piece of text against the nearest background behind it, by the rules of WCAG 2.
CONTRASTS = """() => {
  const channels = colour => (colour.match(/[\\d.]+/g) || []).map(Number);
  const luminance = ([r, g, b]) => {
    const part = value => {
      value /= 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!own || element.tagName === "SCRIPT") continue;
    const one = luminance(channels(getComputedStyle(element).color));
    const two = luminance(behind(element));
    const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
    if (ratio < 4.5) poor.push(`${element.className || element.tagName} ${ratio.toFixed(2)}`);
  }
  return poor;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(browser: Browser, tmp_path: Path, scheme: str) -> None:
    page = opened(browser, tmp_path, scheme)

    assert page.evaluate(CONTRASTS) == []
    page.close()


@pytest.mark.parametrize("width", [360, 1100])
def test_nothing_is_wider_than_the_window(browser: Browser, tmp_path: Path, width: int) -> None:
    page = opened(browser, tmp_path, "light", width)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_the_packet_stands_beside_the_conversation_where_there_is_room(
    browser: Browser, tmp_path: Path
) -> None:
    page = opened(browser, tmp_path, "light")

    conversation = page.get_by_label("Conversation").bounding_box()
    packet = page.get_by_label("Hand-off packet").bounding_box()

    assert conversation is not None
    assert packet is not None
    assert packet["x"] >= conversation["x"] + conversation["width"]
    page.close()


def test_a_time_plays_the_recording_from_there(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, "light")
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.wait_for_function("document.getElementById('recording').readyState >= 1")

    page.get_by_role("button", name="Play from 0:06").click()

    page.wait_for_function("document.getElementById('recording').currentTime >= 6")
    assert problems == []
    page.close()
