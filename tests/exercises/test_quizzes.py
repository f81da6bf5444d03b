"""Quizzes: the files fit, and marking says what is right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from companion.errors import CourseError
from companion.exercises import quiz
from companion.exercises.quizzes import load
from tools import pages

BOOK = Path(__file__).resolve().parents[2] / "book"
FILES = sorted((BOOK / "quizzes").glob("*.yml"))
NUMBERS = pages.load_numbers(BOOK)
each = pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])

GOOD: dict[str, Any] = {
    "id": "ch05-q1",
    "question": "Which?",
    "options": [{"text": str(n), "why": f"because of {n}"} for n in range(3)],
    "answer": 2,
}


def write(tmp_path: Path, entries: Any) -> Path:
    path = tmp_path / "ch05.yml"
    path.write_text(yaml.safe_dump(entries), encoding="utf-8")
    return path


@each
def test_quiz_has_five_questions_and_a_test_four_with_right_answers_spread(path: Path) -> None:
    places = [question.answer for question in load(path)]
    is_test = path.stem.endswith(("-before", "-after"))
    assert len(places) == (4 if is_test else 5)
    assert max(places.count(place) for place in places) <= (2 if is_test else 3)


def test_right_answers_of_all_tests_are_spread() -> None:
    forms = [path for path in FILES if "-" in path.stem]
    places = [question.answer for path in forms for question in load(path)]
    assert len(places) == 80
    assert all(20 <= places.count(place) <= 34 for place in range(3))


def test_the_length_of_an_option_does_not_give_the_key_away() -> None:
    longest = []
    for path in FILES:
        for question in load(path):
            sizes = [len(option.text) for option in question.options]
            key = sizes.pop(question.answer)
            longest.append(key > max(sizes))
    assert 0.15 < sum(longest) / len(longest) < 0.4  # by chance about a third


@each
def test_no_number_in_a_quiz_is_loose(path: Path) -> None:
    for question in load(path):
        texts = [question.question]
        texts += [part for option in question.options for part in (option.text, option.why)]
        for text in texts:
            assert pages.loose_numbers(text) == [], question.id
            pages.fill_numbers(text, NUMBERS)


def test_every_finished_chapter_has_a_quiz() -> None:
    finished = {f"ch{path.name[:2]}" for path in BOOK.glob("[0-9][0-9]-*.ipynb")}
    wanted = {f"{name}{form}" for name in finished for form in ("", "-before", "-after")}
    assert wanted <= {path.stem for path in FILES}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"answer": 3}, "0 to 2"),
        ({"answer": True}, "0 to 2"),
        ({"id": "ch05-q2"}, "count from q1"),
        ({"question": " "}, "empty"),
        ({"question": 5}, "quotes"),
        ({"options": GOOD["options"][:2]}, "three to five"),
        ({"options": [GOOD["options"][0]] * 3}, "twice"),
        ({"options": [{"text": "a"}] * 3}, "'text' and 'why'"),
        ({"hint": "x"}, "fields"),
    ],
)
def test_question_that_does_not_fit_is_refused(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    assert load(write(tmp_path, [GOOD]))[0].answer == 2
    with pytest.raises(CourseError, match=words):
        load(write(tmp_path, [GOOD | change]))


def test_missing_and_shapeless_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"no file ch05\.yml"):
        load(tmp_path / "ch05.yml")
    (tmp_path / "ch05.yml").write_text("[", encoding="utf-8")
    with pytest.raises(CourseError, match="cannot be read"):
        load(tmp_path / "ch05.yml")
    with pytest.raises(CourseError, match="list of questions"):
        load(write(tmp_path, {"a": 1}))


def test_quiz_marks_and_remembers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    (tmp_path / "book" / "quizzes").mkdir(parents=True)
    second = GOOD | {"id": "ch05-q2", "answer": 0}
    write(tmp_path / "book" / "quizzes", [GOOD, second])
    result = quiz("ch05", "3, 2")
    assert (result.state, result.title) == ("wrong", "1 of 2 right")
    assert result.text == "1. Right. because of 2\n2. Not this one. because of 1"
    assert quiz("ch05", "3 1").state == "pass"
    kept = (tmp_path / "progress.json").read_text()
    assert '"ch05-q1"' in kept
    assert '"tries": 2' in kept
    (tmp_path / "_toc.yml").touch()
    monkeypatch.chdir(tmp_path / "book")  # and from any folder of the course
    for answers, words in (("3", "2 questions"), ("3 x", "numbers"), ("3 4", "Question 2 has")):
        with pytest.raises(CourseError, match=words):
            quiz("ch05", answers)
    assert (tmp_path / "progress.json").read_text() == kept  # nothing of what was refused
    assert quiz("ch05-q2", "1").title == "1 of 1 right"
    kept = (tmp_path / "progress.json").read_text()
    assert '"tries": 3' in kept
    with pytest.raises(CourseError, match="0 questions"):
        quiz("ch05-q9", "1")
    with pytest.raises(CourseError, match="1 questions"):
        quiz("ch05-q1", "1 2")
    assert (tmp_path / "progress.json").read_text() == kept
    with pytest.raises(CourseError, match="no quiz"):
        quiz("ch99", "1")
    with pytest.raises(CourseError, match="such as 'ch05'"):
        quiz("../ch05", "1")
