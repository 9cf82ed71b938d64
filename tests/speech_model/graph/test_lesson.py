"""What a model was taught."""

from __future__ import annotations

import json

from speech_model.graph.lesson import Lesson, NewWord, Source


def test_a_lesson_can_be_noted_and_read_again() -> None:
    words = (NewWord("zyrtex", (("Z", "ER"), ("Z", "IH", "R")), Source.designers),)
    lesson = Lesson(words=3, new=words, missing=("42",), seconds=1.5)
    assert Lesson.of_json(json.loads(json.dumps(lesson.as_json()))) == lesson
