"""The ledger: what it refuses, what pages show of it, and that pages and ledger agree."""

from __future__ import annotations

import ast
import hashlib
import os
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

from companion.errors import CourseError
from tools import claims, pages
from tools.ledger import ARTICLE, REVIEWED, Claim, load

BOOK = Path(__file__).resolve().parents[2] / "book"
FINISHED = sorted(path.stem for path in BOOK.glob("*.ipynb"))
LEDGER = load(BOOK / "claims.yml")
# The article is not ours to print: it lies beside the checkout, or where the variable says.
ZH = Path(os.environ.get("COURSE_ARTICLE", BOOK.parents[1] / "shared" / "article.zh.txt"))
# Of all quotations as they stood when the test below last found them in the article.
FOUND = "087a80bd93c815c6"
MANY = 10  # claims behind one source, from which on each needs its place in it

ENTRY: dict[str, Any] = {
    "id": "c4.1.1-a",
    "section": "4.1.1",
    "page": "04-mathematics",
    "label": "ev-shapes",
    "quote_zh": "矩阵",
    "claim_en": "A product is a matrix.",
    "verdict": "incomplete",
    "correction": "Or a vector, when $|x| = 1$.",
    "evidence": "Print the shapes.",
    "source": "key2020",
}
BIBLIOGRAPHY = "@book{key2020, title = {T}}\n@misc{seedarticle, title = {A}}\n"


def ledger(folder: Path, *entries: Any) -> Path:
    (folder / "references.bib").write_text(BIBLIOGRAPHY, encoding="utf-8")
    path = folder / "claims.yml"
    path.write_text(yaml.safe_dump(list(entries), allow_unicode=True), encoding="utf-8")
    return path


def one(**changes: Any) -> Claim:
    return Claim(**(ENTRY | {"source": ("key2020",)} | changes))


# What the ledger refuses.


def test_a_right_entry_loads_with_its_defaults(tmp_path: Path) -> None:
    claim = load(ledger(tmp_path, ENTRY))["c4.1.1-a"]
    assert claim == one()
    assert (claim.chapter, claim.words) == ("4", "true but incomplete")
    assert (claim.minor, claim.date) == (False, REVIEWED)


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"id": None}, "'id'"),
        ({"id": "c4-A"}, "'c4-A'"),
        ({"section": 4.1}, "'section'"),
        ({"section": "4.2"}, "section 4.2"),
        ({"quote_zh": " "}, "'quote_zh'"),
        ({"claim_en": ""}, "'claim_en'"),
        ({"correction": ["a"]}, "'correction'"),
        ({"evidence": None}, "'evidence'"),
        ({"verdict": "false"}, "'false'"),
        ({"source": None}, "source"),
        ({"source": ["key2020", "nobody1999"]}, "'nobody1999'"),
        ({"source": 7}, "source"),
        ({"minor": "yes"}, "'minor'"),
        ({"page": "mathematics"}, "'mathematics'"),
        ({"page": "05-houses"}, "'05-houses'"),
        ({"page": None}, "'page'"),
        ({"label": "Shapes"}, "'Shapes'"),
        ({"date": "24.11.2026"}, "'24.11.2026'"),
        ({"lab": "ev-shapes"}, "'lab'"),
    ],
)
def test_a_faulty_entry_is_one_sentence(
    tmp_path: Path, changes: dict[str, Any], cause: str
) -> None:
    with pytest.raises(CourseError, match=re.escape(cause)) as caught:
        load(ledger(tmp_path, ENTRY | changes))
    assert str(caught.value).startswith("In the ledger, ")
    assert "\n" not in str(caught.value)


def test_a_label_needs_a_page(tmp_path: Path) -> None:
    entry = {name: value for name, value in ENTRY.items() if name != "page"}
    with pytest.raises(CourseError, match="ev-shapes"):
        load(ledger(tmp_path, entry))


def test_ids_are_unique(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"c4\.1\.1-a"):
        load(ledger(tmp_path, ENTRY, ENTRY))


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("a: 1\n", "list"),
        ("", "list"),
        ("- word\n", "entry 1"),
        ("- {a: b\n", "read"),
    ],
)
def test_a_file_that_is_no_ledger_is_one_sentence(tmp_path: Path, text: str, cause: str) -> None:
    path = ledger(tmp_path)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match=cause) as caught:
        load(path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"claims\.yml"):
        load(tmp_path / "claims.yml")


# What pages show.


def test_fill_writes_the_claim_and_is_idempotent() -> None:
    page = "Before.\n\n<!-- claim:c4.1.1-a -->\nold\n<!-- /claim -->\n\nAfter."
    filled = claims.fill(page, {"c4.1.1-a": one()})
    assert claims.fill(filled, {"c4.1.1-a": one()}) == filled
    assert filled == (
        "Before.\n\n<!-- claim:c4.1.1-a -->\n"
        ":::{admonition} Claim c4.1.1-a · true but incomplete\n"
        ":class: note claim incomplete\n:name: claim-4-1-1-a\n\n"
        "*The article says:* A product is a matrix.\n\n"
        '<span class="quotation" lang="zh">“矩阵”</span>\n\n'
        "*Why:* Or a vector, when $|x| = 1$. "
        "{cite}`key2020` Evidence: [the cell](#ev-shapes).\n:::\n"
        "<!-- /claim -->\n\nAfter."
    )


def test_a_minor_claim_is_one_paragraph_and_the_article_is_not_cited() -> None:
    shown = claims.render(one(minor=True, label="", source=("seedarticle",)))
    assert shown == (
        '(claim-4-1-1-a)=\n**Claim c4.1.1-a** · <span class="verdict incomplete">'
        "true but incomplete</span>. *The article says:* A product is a matrix. "
        '<span class="quotation" lang="zh">“矩阵”</span> *Why:* Or a vector, when $|x| = 1$.'
    )


def test_a_condition_goes_on_from_the_words_true_only_if() -> None:
    held = one(verdict="only-if", correction="$|x| > 1$. Else it is a vector.", label="")
    assert "**True only if** $|x| > 1$. Else it is a vector." in claims.render(held)
    short = claims.render(replace(held, minor=True))
    assert "“矩阵”</span> **True only if** $|x| > 1$. Else it" in short
    assert "Why" not in claims.render(held) + short


def test_a_quotation_is_text_and_keeps_formulas_and_code() -> None:
    quoted = claims.render(one(quote_zh="第 $i$ 个 `f` W_1 = <b>*a*"))
    assert ">“第 $i$ 个 `f` W&#95;1 = &#60;b&#62;&#42;a&#42;”</span>" in quoted


def test_a_source_is_cited_with_its_place(tmp_path: Path) -> None:
    claim = load(ledger(tmp_path, ENTRY | {"source": ["key2020, section 6.5"]}))["c4.1.1-a"]
    assert (claim.source, claim.places) == (("key2020",), {"key2020": "section 6.5"})
    assert "{cite}`key2020` (section 6.5) Evidence:" in claims.render(claim)
    assert "{cite}`key2020,a` Evidence:" in claims.render(one(source=("key2020", "a")))


def test_what_decides_is_a_cell_a_source_the_article_or_nothing() -> None:
    listed = [
        one(),
        one(label=""),
        one(label="", source=(ARTICLE,)),
        one(verdict="unverifiable"),
        one(label="", verdict="unverifiable"),
    ]
    assert [c.decided_by for c in listed] == ["cell", "source", "article", "nothing", "nothing"]
    assert claims.deciders(listed) == (
        "Of these 5 claims a cell of code decides 1, a source 1, the article's own words 1, "
        "and nothing that we have 2."
    )


def test_neighbouring_claims_stay_apart() -> None:
    empty = "<!-- claim:{} -->\n<!-- /claim -->\n"
    other = one(id="c4.1.1-b", correction="No.")
    both = {claim.id: claim for claim in (one(), other)}
    filled = claims.fill(empty.format("c4.1.1-a") + empty.format("c4.1.1-b"), both)
    assert [filled.count(f"Claim {name} ·") for name in both] == [1, 1]


@pytest.mark.parametrize(
    "page",
    [
        "<!-- claim:c4.1.1-a -->\nno end",
        "<!-- claim:c4.1.1-a -->\n<!-- claim:c4.1.1-a -->\n<!-- /claim -->",
        "no beginning\n<!-- /claim -->",
    ],
)
def test_a_marker_without_its_partner_is_one_sentence(page: str) -> None:
    with pytest.raises(CourseError, match="/claim"):
        claims.fill(page, {"c4.1.1-a": one()})


def test_an_unknown_claim_is_one_sentence() -> None:
    with pytest.raises(CourseError, match="c9-z"):
        claims.fill("<!-- claim:c9-z -->\n<!-- /claim -->", {})


def test_counts_add_up() -> None:
    five = one(id="c5.1-a", section="5.1", page="05-houses", verdict="wrong")
    table = claims.counts_table([one(), one(verdict="wrong"), five], {"05-houses": "5. Houses"})
    assert table.splitlines() == [
        "| Chapter | holds | incomplete | only if | wrong | outdated | unverifiable | all |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        "| Chapter 4 | 0 | 1 | 0 | 1 | 0 | 0 | 2 |",
        "| [5. Houses](05-houses) | 0 | 0 | 0 | 1 | 0 | 0 | 1 |",
        "| **all** | **0** | **1** | **0** | **2** | **0** | **0** | **3** |",
    ]


def test_the_legend_counts_each_verdict_and_says_what_it_means() -> None:
    rows = claims.legend([one(), one(verdict="wrong"), one()]).splitlines()[2:]
    assert len(rows) == len(claims.MEANINGS)
    assert rows[1] == (
        f"| {claims.mark('incomplete')} "
        '| <span class="bar incomplete" style="--n: 2"></span><span class="count">2</span> | '
        "Nothing in it is false, and something that decides is missing. |"
    )


def test_the_first_guess_has_its_key_from_the_ledger() -> None:
    text = (BOOK / "index.md").read_text(encoding="utf-8")
    share = Counter(claim.verdict for claim in LEDGER.values())["holds"] / len(LEDGER)
    options = ("1. about one in five", "2. about half", "3. about four in five")
    assert all(f"\n{option}\n" in text for option in options)
    nearest = min((1, 2, 3), key=lambda n: abs(share - (0.2, 0.5, 0.8)[n - 1]))
    assert f'data-quiz="landing-q1" data-answer="{nearest}"' in text


def test_verdicts_link_claim_and_cell_and_errata_hold_only_mistakes() -> None:
    wrong = one(id="c5.1-a", section="5.1", verdict="outdated", label="", date="2027-01-02")
    table = claims.verdict_table([one(), wrong], {})
    assert (
        f"| [c4.1.1-a](#claim-4-1-1-a) | A product is a matrix. | {claims.mark('incomplete')} "
        "| [cell](#ev-shapes) {cite}`key2020` |"
    ) in table
    assert table.index("| Chapter 4 | 0 | 1 |") < table.index("## By verdict")
    assert table.index("## Section 4") < table.index("## Section 5")
    errata = claims.errata_table([one(), wrong])
    assert "c4.1.1-a" not in errata
    assert (
        "| [c5.1-a](#claim-5-1-a) | A product is a matrix. "
        rf"| {claims.mark('outdated')} (2027-01-02). Or a vector, when $\|x\| = 1$. |"
    ) in errata


# The ledger and the pages of this book.


@cache
def cells(page: str) -> tuple[Any, ...]:
    return tuple(nbformat.read(BOOK / f"{page}.ipynb", as_version=4).cells)


def prose(page: str) -> str:
    return "\n\n".join(cell.source for cell in cells(page) if cell.cell_type == "markdown")


def test_no_reason_repeats_the_words_of_its_verdict() -> None:
    """A page prints them before it; a condition is no sentence of its own, so it begins small."""
    for claim in LEDGER.values():
        assert not claim.correction.startswith(("True but", "True only")), claim.id
        if claim.verdict == "only-if":
            assert not re.match(r"(?!GPT|BERT|ViT)[A-Z]", claim.correction), claim.id


def sections(article: str) -> dict[str, str]:
    """Return the article's sections, each with those inside it, by number."""
    parts = re.split(r"(?m)^#{3,5} (\d+(?:\.\d+)*)\.? .*$", article)
    own = dict(zip(parts[1::2], parts[2::2], strict=True))
    return {
        number: "\n".join(
            text for inner, text in own.items() if f"{inner}.".startswith(f"{number}.")
        )
        for number in own
    }


def test_quotations_stand_in_the_article_in_their_section() -> None:
    if not ZH.exists():
        pytest.skip(f"the article is not at {ZH}; name it in COURSE_ARTICLE")
    inside = sections(ZH.read_text(encoding="utf-8"))
    strangers = [c.id for c in LEDGER.values() if c.quote_zh not in inside[c.section]]
    assert strangers == []


def test_quotations_are_those_that_were_found_and_as_long_as_a_claim() -> None:
    """Also without the article: a change of one calls for the test above, then for a new digest."""
    quoted = "\n".join(f"{c.section} {c.quote_zh}" for c in LEDGER.values())
    assert hashlib.sha256(quoted.encode()).hexdigest()[:16] == FOUND
    assert [c.id for c in LEDGER.values() if len(c.quote_zh) < 12] == []


def test_one_claim_has_one_verdict_everywhere() -> None:
    pairs = [
        (claim, LEDGER[other])
        for claim in LEDGER.values()
        for other in re.findall(r"\b(c[\d.]+-[a-z])[^.;]* says the same", claim.correction)
    ]
    pairs += [(a, b) for a, b in combinations(LEDGER.values(), 2) if a.quote_zh == b.quote_zh]
    assert len(pairs) > 10
    assert [(a.id, b.id) for a, b in pairs if a.verdict != b.verdict] == []


def test_the_unverifiable_says_what_would_decide_and_the_outdated_until_when() -> None:
    for claim in LEDGER.values():
        if claim.verdict == "unverifiable":
            assert "would decide" in claim.correction, claim.id
        if claim.verdict == "outdated":
            assert re.search(r"\b(19|20)\d\d\b", claim.correction), claim.id


def test_a_source_behind_many_claims_is_cited_with_its_place() -> None:
    behind = Counter(key for claim in LEDGER.values() for key in claim.source)
    much = {key for key, times in behind.items() if times > MANY and key != ARTICLE}
    assert much
    placeless = [c.id for c in LEDGER.values() if (much & set(c.source)) - set(c.places)]
    assert placeless == []


def test_every_claim_has_its_page() -> None:
    assert [claim.id for claim in LEDGER.values() if not claim.page] == []


def test_the_ledger_tells_no_measurement_that_no_page_records() -> None:
    for claim in LEDGER.values():
        shown = f"{claim.correction} {claim.evidence}"
        assert not re.search(r"measured here|recomputed here|done here|one seed", shown), claim.id


def test_corrections_bind_only_names_of_their_chapter_or_of_the_cell_that_decides() -> None:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in BOOK.glob("*.ipynb")}
    for claim in LEDGER.values():
        deciding = {stem for stem, text in texts.items() if f"({claim.label})=" in text}
        chapters = tuple(f"ch{stem[:2]}" for stem in {claim.page, *deciding})
        for kind, name, _ in pages.SPAN.findall(claim.correction):
            assert kind == "published" or name.startswith(chapters), claim.id


@pytest.mark.parametrize("page", FINISHED)
def test_a_finished_page_shows_exactly_its_claims_once_and_as_the_ledger_says(page: str) -> None:
    text = prose(page)
    shown = Counter(re.findall(r"<!-- claim:(\S+) -->", text))
    assert shown == Counter(claim.id for claim in LEDGER.values() if claim.page == page)
    filled = pages.fill_numbers(claims.fill(text, LEDGER), pages.load_numbers(BOOK))
    assert filled == text


def test_every_claim_of_a_finished_chapter_stands_on_a_finished_page() -> None:
    # A chapter is finished when its main page is there: 03-…, not only 03b-….
    chapters = {int(page[:2]) for page in FINISHED if page[2] == "-"}
    for claim in LEDGER.values():
        if int(claim.chapter) in chapters:
            assert claim.page in FINISHED, claim.id


def computes(source: str) -> bool:
    """Whether a cell can come out either way: it calls, compares or reckons, not only prints."""
    silent = {"print", "record", "show", "display"}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.BinOp | ast.Compare):
            return True
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") not in silent:
            return True
    return False


def test_a_cell_that_only_prints_is_told_from_one_that_computes() -> None:
    assert not computes('x = 0.5\nprint(f"the share is {x}")\nrecord("a", 2)')
    assert computes("record('a', share(x))")
    assert computes("print(2 * x)")


def test_the_cell_that_decides_is_code_and_can_come_out_either_way() -> None:
    found: dict[str, str] = {}
    for page in FINISHED:
        for cell, following in zip(cells(page), cells(page)[1:], strict=False):
            if match := re.search(r"\((ev-[a-z0-9-]+)\)=\s*$", cell.source):
                found[match[1]] = following.source if following.cell_type == "code" else ""
    for claim in LEDGER.values():
        assert not claim.label or computes(found.get(claim.label, "")), claim.id


def named(claim: Claim, text: str) -> bool:
    """Whether a page shows a claim or links to it, so that its cell tells what it decides."""
    return f"<!-- claim:{claim.id} -->" in text or f"](#{claims.anchor(claim)})" in text


def test_the_page_of_the_cell_that_decides_names_the_claim() -> None:
    assert named(claim := LEDGER["c3.1-j"], "See [claim c3.1-j](#claim-3-1-j).")
    assert not named(claim, "See claim c3.1-j, or [the cell](#ev-neuron).")
    texts = [prose(page) for page in FINISHED]
    silent = {
        claim.id
        for claim in LEDGER.values()
        for text in texts
        if claim.label and f"({claim.label})=" in text and not named(claim, text)
    }
    assert silent == set()


def test_every_label_stands_once_in_the_book_in_or_right_before_a_cell() -> None:
    """The cell that decides may stand on another page than the claim: no trial is held twice."""
    wanted = {c.label for c in LEDGER.values() if c.page in FINISHED and c.label}
    placed: Counter[str] = Counter()
    for page in FINISHED:
        for cell, following in zip(cells(page), [*cells(page)[1:], None], strict=True):
            if cell.cell_type != "markdown":
                continue
            for match in re.finditer(r"^\((ev-[a-z0-9-]+)\)=$", cell.source, re.MULTILINE):
                rest = cell.source[match.end() :].strip()
                assert rest or (following and following.cell_type == "code"), match[1]
                placed[match[1]] += 1
    assert {label: placed[label] for label in wanted} == dict.fromkeys(wanted, 1)
