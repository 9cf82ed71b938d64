"""The articles for agents agree with what the assistant understands and what may be promised."""

from __future__ import annotations

import re
from datetime import time, timedelta
from pathlib import Path

import pytest
import yaml

from contact_center.complaints import LEVELS
from contact_center.knowledge import Article, Knowledge
from contact_center.one_time_codes import CONTACT_SETTLES_IN
from contact_center.opening_hours import STANDARD_HOURS, Period
from contact_center.order_policy import OrderPolicyFile, Within
from contact_center.settings import ContactCenterSettings
from contact_center.tickets import UNPROMISED

DOMAIN = Path(__file__).resolve().parents[2] / "bot" / "domain"
ARTICLES = Knowledge().articles
POLICY = OrderPolicyFile().current()
SETTINGS = ContactCenterSettings.model_construct()
WIDTH = 120

_LIMIT = re.compile(r"\$\d+|\d+ (?:working days|days|hours?|minutes)")


def words(within: Within) -> str:
    return f"{within.amount} {within.unit}"


def span(time_owed: timedelta) -> str:
    hours, rest = divmod(time_owed, timedelta(hours=1))
    if rest:
        return f"{time_owed // timedelta(minutes=1)} minutes"
    return f"{hours} hour{'' if hours == 1 else 's'}"


def owed(article: Article) -> set[str]:
    """The limits of the table and of complaints that an article must name."""
    limits: set[str] = set()
    for problem in article.fits.policy:
        for row in POLICY.problems[problem]:
            days = (
                row.days_late_at_least,
                row.days_late_at_most,
                row.days_since_delivery_at_most,
                row.days_since_received_at_most,
            )
            limits |= {f"{each} days" for each in days if each is not None}
            if row.dollars_at_most is not None:
                limits.add(f"${row.dollars_at_most}")
            if row.within is not None:
                limits.add(words(row.within))
    for level in article.fits.complaint_levels:
        limits |= {span(LEVELS[level].respond_within), span(LEVELS[level].resolve_within)}
    return limits


# What articles name besides: rules that hold elsewhere.
OTHER_LIMITS = {
    "reset_after_contact_change": {f"{CONTACT_SETTLES_IN.days} days"},
    "call_back_promise": {
        f"{SETTINGS.callback_within_minutes} minutes",
        f"{SETTINGS.callback_after_opening_minutes} minutes",
    },
    "several_troubles": {f"{POLICY.limits.within_days} days"},
}


def named(article: Article) -> set[str]:
    return set(_LIMIT.findall(" ".join((*article.steps, article.promise))))


each_article = pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.name)


@each_article
def test_it_is_for_intents_that_exist(article: Article) -> None:
    known = {
        next(iter(intent)) if isinstance(intent, dict) else intent
        for path in DOMAIN.glob("*.yml")
        for intent in yaml.safe_load(path.read_text()).get("intents", ())
    }
    assert set(article.fits.intents) <= known


@each_article
def test_some_call_leads_to_it(article: Article) -> None:
    fits = article.fits
    assert fits.words
    assert fits.intents or fits.customers or fits.complaint_levels or fits.reasons


@each_article
def test_it_is_short(article: Article) -> None:
    assert 3 <= len(article.steps) <= 6
    assert max(map(len, article.text.splitlines())) <= WIDTH


@each_article
def test_its_words_are_lower_case_and_said_once(article: Article) -> None:
    assert len(set(article.fits.words)) == len(article.fits.words)
    assert all(word == word.lower() for word in article.fits.words)


@each_article
def test_the_limits_it_names_are_those_that_hold(article: Article) -> None:
    must = owed(article) | OTHER_LIMITS.get(article.name, set())
    assert must <= named(article), "names every limit of what it goes by"
    assert named(article) - must <= {words(UNPROMISED)}, "and no other"


def test_so_much_is_promised_to_one_customer() -> None:
    article = next(each for each in ARTICLES if each.name == "several_troubles")
    assert f"at most {POLICY.limits.promises} costly promises" in article.promise


def test_the_usual_hours_are_those_that_hold() -> None:
    article = next(each for each in ARTICLES if each.name == "opening_hours_exceptions")
    support, store = STANDARD_HOURS["support"], STANDARD_HOURS["store"]
    steps = " ".join(article.steps)
    assert f"Friday {hours(support[0])}, Saturday {hours(support[5])}, Sunday closed" in steps
    assert support[0] == support[4]
    assert 6 not in support
    assert f"Monday to Saturday {hours(store[0])}, Sunday {hours(store[6])}" in steps
    assert store[0] == store[5]


@pytest.mark.parametrize("name", ["reset_after_contact_change", "reset_protected_account"])
def test_no_agent_is_told_to_ask_for_a_code(name: str) -> None:
    article = next(each for each in ARTICLES if each.name == name)
    assert "password_reset" in article.fits.intents
    for step in article.steps:
        if re.search(r"\bask\w* for\b", step) and re.search(r"\b(?:code|password)\b", step):
            assert re.search(r"\b(?:not|never) ask", step)


def hours(day: tuple[Period, ...]) -> str:
    return " and ".join(f"{clock(each.opens)} to {clock(each.closes)}" for each in day)


def clock(at: time) -> str:
    return f"{at.hour % 12 or 12} {'AM' if at.hour < 12 else 'PM'}"
