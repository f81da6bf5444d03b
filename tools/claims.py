"""What pages show of the ledger.

:func:`fill` writes a claim where a page has its markers; the tables go to the landing page, the
page of verdicts and the errata. The look is the style sheet's: text names the verdict, and a class.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby

from companion.errors import CourseError
from tools.ledger import ARTICLE, DECIDERS, LOOK, WORDS, Claim

MISTAKES = ("wrong", "outdated")
MEANINGS = {
    "holds": "The cell, or the source it cites, shows what the claim says.",
    "incomplete": "Nothing in it is false, and something that decides is missing.",
    "only-if": "It needs a condition that the article does not give.",
    "wrong": "The cell, a proof, or the source it cites says otherwise.",
    "outdated": "It was true. The page says since when it is not, or that we could not find it.",
    "unverifiable": "Nothing a reader has could decide it.",
}

# What Markdown would read as markup; a formula or code between its own marks stays.
_MARKUP = re.compile(r"(\$[^$]+\$|`[^`]+`)|[\\`*_$<>\[\]{}&'\"~^|]")
_MARKED = re.compile(r"<!-- claim:(\S+) -->\n.*?<!-- /claim -->", re.DOTALL)
_MARKER = re.compile(r"<!-- (?:claim:\S+|/claim) -->")


def fill(markdown: str, ledger: Mapping[str, Claim]) -> str:
    """Write each claim between its markers; doing it twice changes nothing.

    Args:
        markdown: text with lines ``<!-- claim:ID -->`` and ``<!-- /claim -->``.
        ledger: the claims by id.

    Raises:
        CourseError: a marker has no partner, or names a claim that the ledger does not hold.
    """

    def block(match: re.Match[str]) -> str:
        if match[1] not in ledger:
            raise CourseError(f"A page shows the claim {match[1]!r}, which is not in the ledger.")
        return f"<!-- claim:{match[1]} -->\n{render(ledger[match[1]])}\n<!-- /claim -->"

    filled, count = _MARKED.subn(block, markdown)
    markers = _MARKER.findall(markdown)
    if len(markers) != 2 * count:
        raise CourseError(
            "Each line '<!-- claim:ID -->' on a page should be followed by its own line "
            f"'<!-- /claim -->'; of {len(markers)} such lines {2 * count} are in pairs."
        )
    return filled


def anchor(claim: Claim) -> str:
    """Return the MyST label under which the claim stands on its page."""
    return f"claim-{claim.id[1:].replace('.', '-')}"


def render(claim: Claim) -> str:
    """Return the claim as MyST: an admonition, or one paragraph if it is minor."""
    # A condition goes on from the words “true only if”; any other reason is a sentence of its own.
    opening = "**True only if**" if claim.verdict == "only-if" else "*Why:*"
    parts = (opening, claim.correction, _citation(claim), _evidence(claim))
    why = " ".join(part for part in parts if part)
    if claim.minor:
        return (
            f"({anchor(claim)})=\n"
            f"**Claim {claim.id}** · {mark(claim.verdict)}. "
            f"*The article says:* {claim.claim_en} {_quotation(claim)} {why}"
        )
    return (
        f":::{{admonition}} Claim {claim.id} · {claim.words}\n"
        f":class: {LOOK[claim.verdict]} claim {claim.verdict}\n"
        f":name: {anchor(claim)}\n\n"
        f"*The article says:* {claim.claim_en}\n\n"
        f"{_quotation(claim)}\n\n"
        f"{why}\n"
        ":::"
    )


def mark(verdict: str) -> str:
    """Return a verdict's words as the style sheet marks them with shape and colour."""
    return f'<span class="verdict {verdict}">{WORDS[verdict]}</span>'


def _quotation(claim: Claim) -> str:
    quoted = _MARKUP.sub(lambda m: m[1] or f"&#{ord(m[0])};", claim.quote_zh)
    return f'<span class="quotation" lang="zh">“{quoted}”</span>'


def _citation(claim: Claim) -> str:
    # The article is what is on trial: where it is the only source, the cell is the evidence.
    keys = [key for key in claim.source if key != ARTICLE]
    if not claim.places:
        return f"{{cite}}`{','.join(keys)}`" if keys else ""
    places = {key: f" ({place})" for key, place in claim.places.items()}
    return " ".join(f"{{cite}}`{key}`{places.get(key, '')}" for key in keys)


def _evidence(claim: Claim) -> str:
    return f"Evidence: [the cell](#{claim.label})." if claim.label else ""


def counts_table(claims: Iterable[Claim], titles: Mapping[str, str]) -> str:
    """Return how many claims of each chapter got which verdict, as a Markdown table.

    Args:
        claims: in the order of the article.
        titles: of the pages, by name; a chapter links to the first of its pages that has one.
    """
    listed = list(claims)
    rows = []
    for chapter, group in groupby(listed, key=lambda claim: claim.chapter):
        inside = list(group)
        page = next((claim.page for claim in inside if claim.page in titles), "")
        rows.append(
            (f"[{titles[page]}]({page})" if page else f"Chapter {chapter}", *_tally(inside))
        )
    total = tuple(f"**{number}**" for number in _tally(listed))
    # Eight columns have to fit: the short names here, the words below the table.
    head = ("Chapter", *(verdict.replace("-", " ") for verdict in WORDS), "all")
    return _table(head, [*rows, ("**all**", *total)])


def legend(claims: Iterable[Claim]) -> str:
    """Return each verdict with its number of claims, drawn as a bar, and what the word means."""
    counts = Counter(claim.verdict for claim in claims)
    rows = [
        (
            mark(verdict),
            f'<span class="bar {verdict}" style="--n: {counts[verdict]}"></span>'
            f'<span class="count">{counts[verdict]}</span>',
            MEANINGS[verdict],
        )
        for verdict in WORDS
    ]
    return _table(("Verdict", "Claims", "Meaning"), rows)


def deciders(claims: Iterable[Claim]) -> str:
    """Return in one sentence how many claims a cell decides, a source, the article, nothing."""
    counts = Counter(claim.decided_by for claim in claims)
    parts = [f"{words} {counts[decider]}" for decider, words in DECIDERS.items()]
    return f"Of these {counts.total()} claims {', '.join(parts[:-1])}, and {parts[-1]}."


def _tally(claims: Iterable[Claim]) -> tuple[str, ...]:
    """Return the number of claims by verdict, in the order of WORDS, and their sum."""
    counts = Counter(claim.verdict for claim in claims)
    return (*(str(counts[verdict]) for verdict in WORDS), str(counts.total()))


def verdict_table(claims: Iterable[Claim], titles: Mapping[str, str]) -> str:
    """Return all claims by chapter and by verdict, then one by one with links to their evidence.

    Args:
        claims: in the order of the article.
        titles: of the pages, by name.
    """
    listed = list(claims)
    by_verdict = [
        (
            mark(verdict),
            ", ".join(_link(claim) for claim in listed if claim.verdict == verdict) or "–",
        )
        for verdict in WORDS
    ]
    parts = ["## By chapter", counts_table(listed, titles)]
    parts += ["## By verdict", _table(("Verdict", "Claims"), by_verdict)]
    for chapter, group in groupby(listed, key=lambda claim: claim.chapter):
        rows = [
            (_link(claim), claim.claim_en, mark(claim.verdict), _proof(claim)) for claim in group
        ]
        parts += [
            f"## Section {chapter}",
            _table(("Claim", "The article says", "Verdict", "Evidence"), rows),
        ]
    return "\n\n".join(parts)


def errata_table(claims: Iterable[Claim]) -> str:
    """Return the article's mistakes, section by section, each dated and corrected."""
    mistakes = [claim for claim in claims if claim.verdict in MISTAKES]
    parts = []
    for chapter, group in groupby(mistakes, key=lambda claim: claim.chapter):
        rows = [
            (
                _link(claim),
                claim.claim_en,
                f"{mark(claim.verdict)} ({claim.date}). {claim.correction}",
            )
            for claim in group
        ]
        parts += [
            f"## Section {chapter}",
            _table(("Claim", "The article says", "Correction"), rows),
        ]
    return "\n\n".join(parts) or "No chapter with a mistake stands in this book yet."


def _link(claim: Claim) -> str:
    return f"[{claim.id}](#{anchor(claim)})"


def _proof(claim: Claim) -> str:
    cell = f"[cell](#{claim.label})" if claim.label else ""
    return " ".join(part for part in (cell, _citation(claim)) if part) or "the article itself"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Write a Markdown table; a bar inside a cell is escaped."""
    lines = [head, ("---",) * len(head), *rows]
    escaped = ([cell.replace("|", r"\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in escaped)
