"""Studying in the built book: guesses are kept, tests stay closed, the review draws on quizzes."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from companion.exercises import state
from companion.exercises.quizzes import load
from companion.exercises.state import Record

QUIZZES = Path(__file__).resolve().parents[2] / "book" / "quizzes"
Opener = Callable[[str], Page]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1280, "height": 900})
    yield made
    made.close()


@pytest.fixture
def opener(context: BrowserContext, html: Path) -> Opener:
    """Return what opens a page of the book from disk, in one browser that remembers."""

    def opened(name: str) -> Page:
        page = context.new_page()
        page.goto((html / "book" / f"{name}.html").as_uri())
        return page

    return opened


def test_an_output_waits_for_a_guess_that_is_kept(opener: Opener) -> None:
    page = opener("06a-finance")
    box = page.locator(".admonition.predict").first
    output = page.locator(".cell_output[hidden]").first.element_handle()
    assert output is not None
    assert not output.is_visible()
    assert page.locator("p[hidden]").count() > 0  # the words that read it wait as well
    field = box.get_by_label("Your guess")
    field.press("Enter")
    assert "Write a guess first" in box.inner_text()
    assert not output.is_visible()
    field.fill("about 99 percent")
    field.press("Enter")
    assert output.is_visible()
    again = opener("06a-finance")
    assert again.locator(".admonition.predict input").first.input_value() == "about 99 percent"
    assert "Kept in this browser" in again.locator(".admonition.predict").first.inner_text()
    waiting = again.locator(".cell_output[hidden]").count()
    assert waiting > 0  # those after the other boxes
    again.locator(".admonition.predict").nth(1).get_by_text("Look without a guess").click()
    assert again.locator(".cell_output[hidden]").count() == waiting - 1


def test_a_reader_may_never_fold_and_paper_shows_all(opener: Opener) -> None:
    page = opener("02-concepts")
    hidden = page.locator(".cell_output[hidden]")
    assert hidden.count() > 5
    page.emulate_media(media="print")
    assert all(output.is_visible() for output in hidden.all())
    assert not page.locator(".predict-form").first.is_visible()
    page.emulate_media(media="screen")
    page.get_by_text("Never fold outputs").first.click()
    assert hidden.count() == 0
    other = opener("06a-finance")
    assert other.locator(".cell_output[hidden]").count() == 0
    progress = opener("exercises")
    progress.get_by_label("Fold outputs until I have guessed").check()
    assert opener("06a-finance").locator(".cell_output[hidden]").count() > 0


def test_without_a_script_nothing_is_hidden(browser: Browser, html: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((html / "book" / "06a-finance.html").as_uri())
    assert "how accurate is a detector" in page.locator(".admonition.predict").first.inner_text()
    assert page.locator(".cell_output[hidden]").count() == 0
    page.goto((html / "book" / "tests.html").as_uri())
    assert page.locator("#quiz-ch01-before-q1 ol").first.locator("li").count() == 3
    context.close()


def answer(page: Page, form: str, right: list[bool]) -> None:
    """Open a form of chapter 1's test, and answer each question rightly or not."""
    page.locator(f".admonition.test:has(#quiz-ch01-{form}-q1) > summary").first.click()
    for question, well in zip(load(QUIZZES / f"ch01-{form}.yml"), right, strict=True):
        chosen = question.answer if well else (question.answer + 1) % 3
        page.locator(f"#quiz-{question.id} input").nth(chosen).check()


def test_a_test_stays_closed_until_its_second_form_and_shows_the_gain(opener: Opener) -> None:
    page = opener("tests")
    answer(page, "before", [True, False, False, False])
    first = page.locator("#quiz-ch01-before-q1")
    assert first.locator(".quiz-status").inner_text() == ""
    assert not first.locator(".admonition.dropdown").is_visible()
    assert "4 of 8 answered" in page.locator(".quiz-score").first.inner_text()
    answer(page, "after", [True, True, True, False])
    assert "Fewer bits" in first.locator(".quiz-status").inner_text()
    assert first.locator(".admonition.dropdown").is_visible()
    said = "Before: 1 of 4 right. After: 3 of 4 right. Gain: 2."
    assert page.locator(".quiz-score").first.inner_text() == said
    assert opener("tests").locator(".quiz-score").first.inner_text() == said
    assert page.evaluate("() => localStorage.getItem('course-progress')") is None  # no review


def test_the_rule_of_the_days_is_that_of_the_notebooks(opener: Opener) -> None:
    page = opener("exercises")
    draw = random.Random(0)
    for _ in range(40):
        record, today, seen = Record(), date(2026, 2, 20), None
        for _ in range(12):
            passed, today = draw.random() < 0.7, today + timedelta(draw.choice((0, 1, 2, 5, 30)))
            record = record.after(passed, today)
            given = [seen, passed, today.isoformat()]
            seen = page.evaluate("given => course.after(...given)", given)
            assert Record(**seen) == record
            due = page.evaluate("record => course.due(record)", seen)
            wanted = record.due()
            assert due == (wanted.isoformat() if wanted else None)


def test_quiz_questions_are_proposed_again_and_saved_for_the_notebooks(
    opener: Opener, context: BrowserContext, tmp_path: Path
) -> None:
    page = opener("05-house-prices")
    right = load(QUIZZES / "ch05.yml")[0].answer
    page.locator("#quiz-ch05-q1 input").nth(right).check()
    page.locator("#quiz-ch05-q2 input").nth(0).check()  # wrong
    progress = opener("exercises")
    assert "Nothing is due" in progress.locator("#course-progress").inner_text()
    context.clock.set_fixed_time((date.today() + timedelta(2)).isoformat() + "T12:00:00")
    links = opener("exercises").locator("#course-progress li a")
    assert links.count() == 1
    target = links.first.get_attribute("href") or ""
    assert target.endswith("/book/05-house-prices.html#quiz-ch05-q1")
    with progress.expect_download() as saved:
        progress.get_by_role("button", name="Save as a file").click()
    saved.value.save_as(tmp_path / "progress.json")
    found = state.read(tmp_path / "progress.json")
    assert found["ch05-q1"] == Record(True, 1, date.today().isoformat(), 0)
    assert found["ch05-q2"] == Record(False, 1, "", 0)


def test_a_file_of_the_notebooks_is_added_and_another_is_refused(
    opener: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    state.note("ch05.possible-log", True, date.today())
    page = opener("exercises")
    field = page.get_by_label("Add a saved file")
    field.set_input_files(tmp_path / "progress.json")
    page.get_by_text("The file was added.").wait_for()
    assert "1 of " in page.locator(".review-count").inner_text()
    row = page.locator("tr", has_text="ch05.possible-log")
    assert row.locator(".course-state").inner_text() == "done"
    (tmp_path / "other.json").write_text(json.dumps({"version": 1, "exercises": {"x": 1}}))
    field.set_input_files(tmp_path / "other.json")
    page.get_by_text("no progress file").wait_for()
    assert "1 of " in page.locator(".review-count").inner_text()
