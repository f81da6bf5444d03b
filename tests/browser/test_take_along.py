"""The PDF and the EPUB of the whole book, read as a reader's program reads them."""

from __future__ import annotations

import posixpath
import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from tools import landing, whole
from tools.epub import epub
from tools.pdf import page_numbers, pdf

ROOT = Path(__file__).resolve().parents[2]
XHTML, OPF = "{http://www.w3.org/1999/xhtml}", "{http://www.idpf.org/2007/opf}"
MATHML = "{http://www.w3.org/1998/Math/MathML}math"


@pytest.fixture(scope="module")
def printed(html: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pdf(html, tmp_path_factory.mktemp("pdf"))


@pytest.fixture(scope="module")
def reader(printed: Path) -> PdfReader:
    return PdfReader(printed)


@pytest.fixture(scope="module")
def bundle(html: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    return zipfile.ZipFile(epub(html, tmp_path_factory.mktemp("epub")))


@pytest.fixture(scope="module")
def texts(bundle: zipfile.ZipFile) -> dict[str, ElementTree.Element]:
    """Each text of the EPUB, parsed: what is not well-formed stops here."""
    names = [name for name in bundle.namelist() if name.endswith((".xhtml", ".opf"))]
    return {name: ElementTree.fromstring(bundle.read(name)) for name in names}


def pages_of_the_contents() -> list[str]:
    text = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    return [Path(name).name for name in re.findall(r"(?:root|file): (\S+)", text)]


def test_bookmarks_lead_to_every_chapter_in_order(reader: PdfReader) -> None:
    def flat(outline: list) -> list:
        return [e for item in outline for e in (flat(item) if isinstance(item, list) else [item])]

    marks = {
        m.title: reader.get_destination_page_number(m) or 0 for m in flat(reader.outline)[::-1]
    }
    starts = [marks[chapter.title] for chapter in landing.chapters(ROOT)]
    assert len(starts) > 20
    assert starts == sorted(set(starts))
    assert marks["Hints and solutions"] > starts[-1] > 300


def test_contents_state_the_page_on_which_each_chapter_begins(
    printed: Path, reader: PdfReader
) -> None:
    numbers = page_numbers(printed.read_bytes())
    contents = "\n".join(
        reader.pages[i].extract_text() for i in range(1, numbers["01-background"] - 1)
    )
    for name, title in (("04-mathematics", "4. Mathematics"), ("glossary", "Glossary")):
        assert re.search(rf"{re.escape(title)}\s*{numbers[name]}\b", contents)
        assert title in reader.pages[numbers[name] - 1].extract_text()


def test_links_inside_the_pdf_lead_somewhere(reader: PdfReader) -> None:
    named = {name.removeprefix("/") for name in reader.named_destinations}
    notes: list[Any] = [n.get_object() for page in reader.pages for n in page.annotations or ()]
    links = [note for note in notes if note["/Subtype"] == "/Link"]
    inside = [link["/Dest"] for link in links if "/Dest" in link]
    outside = [link["/A"]["/URI"] for link in links if "/A" in link]
    assert len(inside) > 3000
    assert {str(name).removeprefix("/") for name in inside} <= named
    assert [address for address in outside if not address.startswith("http")] == []


def test_no_pdf_page_is_blank(reader: PdfReader) -> None:
    """Each glyph and each figure is an operator of its own; head and number are under a hundred."""
    for number, page in enumerate(reader.pages, 1):
        contents = page.get_contents()
        assert contents is not None
        drawn = re.findall(rb"\b(?:Tj|TJ|Do)\b", contents.get_data())
        assert len(drawn) > 120 or b"Do" in drawn, number


def test_pdf_pages_have_their_number_and_their_chapter(reader: PdfReader) -> None:
    for number in range(20, len(reader.pages), 100):  # reading text takes long
        text = reader.pages[number - 1].extract_text()
        assert re.search(rf"(?m)^\s*{number}\s*$", text), number
        assert re.match(r"\d[\d.]*\w?|[A-Z]\w+", text), number


def test_every_font_is_in_the_pdf(reader: PdfReader) -> None:
    fonts: dict[int, Any] = {}
    for page in reader.pages:
        resources: Any = page["/Resources"]
        for font in resources.get("/Font", {}).values():
            fonts[font.idnum] = font.get_object()
    assert len(fonts) > 5
    for font in fonts.values():
        if font["/Subtype"] != "/Type3":  # drawn by the file itself
            (descendant,) = font["/DescendantFonts"]
            described = descendant.get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & described.keys()


def test_the_pdf_can_be_sent(printed: Path, reader: PdfReader) -> None:
    assert printed.stat().st_size < 16e6
    assert 400 < len(reader.pages) < 900


def test_the_epub_begins_with_its_type_and_lists_each_file_once(
    bundle: zipfile.ZipFile, texts: dict[str, ElementTree.Element]
) -> None:
    first = bundle.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert bundle.read(first) == b"application/epub+zip"
    container = ElementTree.fromstring(bundle.read("META-INF/container.xml"))
    (root,) = container.iter("{urn:oasis:names:tc:opendocument:xmlns:container}rootfile")
    assert root.get("full-path") == "book/package.opf"
    items = list(texts["book/package.opf"].iter(f"{OPF}item"))
    listed = [f"book/{item.get('href')}" for item in items]
    others = {"mimetype", "META-INF/container.xml", "book/package.opf"}
    assert sorted(listed) == sorted(set(bundle.namelist()) - others)
    assert len({item.get("id") for item in items}) == len(items)


def test_the_epub_is_read_in_the_books_order(texts: dict[str, ElementTree.Element]) -> None:
    package = texts["book/package.opf"]
    files = {item.get("id"): str(item.get("href")) for item in package.iter(f"{OPF}item")}
    spine = [files[ref.get("idref")] for ref in package.iter(f"{OPF}itemref")]
    # Title and contents stand for the landing page, whose cards are for the screen.
    pages = [f"{name}.xhtml" for name in pages_of_the_contents() if name != "index"]
    assert spine == ["title.xhtml", "contents.xhtml", *pages, f"{whole.APPENDIX}.xhtml"]
    contents = texts["book/contents.xhtml"]
    listed = [str(link.get("href")) for link in contents.iter(f"{XHTML}a")]
    assert [name for name in dict.fromkeys(listed) if "#" not in name] == spine[2:]


def test_every_link_and_image_of_the_epub_is_in_it(
    bundle: zipfile.ZipFile, texts: dict[str, ElementTree.Element]
) -> None:
    ids = {name: [e.get("id") for e in text.iter() if e.get("id")] for name, text in texts.items()}
    for name, found in ids.items():
        assert len(found) == len(set(found)), name
    for name, text in texts.items():
        for link in text.iter(f"{XHTML}a"):
            page, _, anchor = str(link.get("href")).partition("#")
            if not re.match("https?:", page):
                target = posixpath.join("book", page) if page else name
                assert target in texts, (name, page)
                assert not anchor or anchor in ids[target], (name, page, anchor)
        for image in text.iter(f"{XHTML}img"):
            assert f"book/{image.get('src')}" in bundle.namelist()
            assert len(str(image.get("alt"))) > 20


def test_the_epub_runs_nothing_and_asks_nobody(
    bundle: zipfile.ZipFile, texts: dict[str, ElementTree.Element]
) -> None:
    for name, text in texts.items():
        if name.endswith(".xhtml"):
            tags = {element.tag.removeprefix(XHTML) for element in text.iter()}
            assert not tags & {"script", "iframe", "object", "button", "form", "style"}, name
            assert not [e for e in text.iter() if any(key.startswith("on") for key in e.attrib)]
    assert "url(" not in bundle.read("book/book.css").decode()


def test_formulas_are_mathml_with_their_tex(texts: dict[str, ElementTree.Element]) -> None:
    package = texts["book/package.opf"]
    marked = {
        f"book/{item.get('href')}"
        for item in package.iter(f"{OPF}item")
        if "mathml" in str(item.get("properties"))
    }
    formulas = {name: list(text.iter(MATHML)) for name, text in texts.items()}
    assert marked == {name for name, found in formulas.items() if found}
    found = [formula for listed in formulas.values() for formula in listed]
    assert len(found) > 1000
    assert all(formula.get("alttext") for formula in found)
    assert not any("merror" in str(e.tag) for formula in found for e in formula.iter())
    assert not [name for name, text in texts.items() if r"\(" in "".join(text.itertext())]
