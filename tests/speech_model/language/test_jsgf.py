"""Word classes written in JSGF."""

from __future__ import annotations

import pytest

from speech_model.language.jsgf import GrammarError, classes

HEAD = "#JSGF V1.0;\ngrammar test;\n"


def share(rules: str, phrase: str, name: str = "<it>") -> float:
    return classes(HEAD + rules)[name].probability(phrase.split())


def test_alternatives_share_alike() -> None:
    assert share("public <it> = red | blue;", "blue") == pytest.approx(0.5)


def test_weights_share_in_proportion() -> None:
    assert share("public <it> = /3/ red | blue;", "red") == pytest.approx(0.75)
    assert share("public <it> = /0.5/ red | /1.5/ blue;", "blue") == pytest.approx(0.75)


def test_a_sequence_is_said_in_order() -> None:
    rules = "public <it> = half past (one | two);"
    assert share(rules, "half past two") == pytest.approx(0.5)
    assert share(rules, "past half two") == 0.0


def test_an_option_is_said_half_of_the_time() -> None:
    rules = "public <it> = [a] quarter;"
    assert share(rules, "quarter") == pytest.approx(0.5)
    assert share(rules, "a quarter") == pytest.approx(0.5)


def test_null_is_an_alternative_that_says_nothing() -> None:
    assert share("public <it> = (/3/ <NULL> | the) end;", "end") == pytest.approx(0.75)


def test_a_star_may_be_left_out_and_a_plus_may_not() -> None:
    assert share("public <it> = go on*;", "go") == pytest.approx(0.5)
    assert share("public <it> = go on*;", "go on on") == pytest.approx(0.125)
    assert share("public <it> = go on+;", "go") == 0.0
    assert share("public <it> = go on+;", "go on") == pytest.approx(0.5)


def test_rules_are_used_by_name_in_any_order() -> None:
    rules = "public <it> = <hour> o'clock; <hour> = one | <late>; <late> = eleven | twelve;"
    assert share(rules, "twelve o'clock") == pytest.approx(0.25)


def test_only_public_rules_are_classes() -> None:
    rules = "<hour> = one; public <time> = <hour>; public <date> = today;"
    assert list(classes(HEAD + rules)) == ["<time>", "<date>"]


def test_remarks_are_left_out() -> None:
    rules = "// of colours\npublic <it> = red /* or\n even */ | blue; // that is all\n"
    assert share(rules, "blue") == pytest.approx(0.5)


def test_remarks_may_stand_between_the_first_two_lines() -> None:
    assert "<it>" in classes("#JSGF V1.0;\n// hours\ngrammar hours;\npublic <it> = one;")


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("public <it> = red;", "line 1: a grammar begins"),
        (HEAD + "public <it> = red", "line 3: expected ;, found the end"),
        (HEAD + "\npublic <it> = red | ;", "line 4: something to say is missing"),
        (HEAD + "public <it> = (red;", r"line 3: expected \), found `;`"),
        (HEAD + "public <it> = 5;", "line 3: cannot read `5`"),
        (HEAD + "public <it> = /0/ red | blue;", "line 3: a weight must be above zero"),
        (HEAD + "public <it> = red;\n<it> = blue;", "line 4: there are two rules <it>"),
        (HEAD + "public <it> = <other>;", "there is no rule <other>"),
        (HEAD + "public <it> = red | <it> red;", "rule <it> contains itself"),
        (HEAD + "<a> = <b>; <b> = <a>; public <it> = <a>;", "rule <a> contains itself"),
        (HEAD + "public <it> = [red];", "rule <it>: it can be said by saying nothing"),
    ],
)
def test_a_mistake_is_named(text: str, tells: str) -> None:
    with pytest.raises(GrammarError, match=tells):
        classes(text)
