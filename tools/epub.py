"""``make epub``: the whole book as EPUB 3, without scripts, its formulas as MathML."""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import yaml
from bs4 import BeautifulSoup, Tag

from tools import chromium, whole
from tools.archive import NAME, add
from tools.footer import ROOT, footer
from tools.whole import Leaf

STYLES = Path(__file__).with_name("styles")
TYPES = {
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".jpg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",  # the stills of moving figures
}

_CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>
"""
_PAGE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"
 lang="en" xml:lang="en">
<head><title>{title}</title><link rel="stylesheet" type="text/css" href="book.css"/></head>
<body>{body}</body>
</html>
"""
_PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">{identifier}</dc:identifier><dc:title>{title}</dc:title>
<dc:language>en</dc:language><dc:creator>The authors</dc:creator>
<dc:rights>Text and figures: CC BY 4.0. Code: MIT.</dc:rights>
<meta property="dcterms:modified">{released}T00:00:00Z</meta>
<meta property="schema:accessMode">textual</meta><meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
</metadata>
<manifest>
{manifest}
</manifest>
<spine>
{spine}
</spine>
</package>
"""
# MathJax's notes to itself, which no reader of MathML knows.
_OWN_NOTES = re.compile(r' (?:data-[\w-]+|class)="[^"]*"')
_MATHML = """async (formulas) => {
  const found = [];
  for (const [tex, display] of formulas) found.push(await MathJax.tex2mmlPromise(tex, {display}));
  return found;
}"""


@dataclass(frozen=True)
class Item:
    """A file of the package.

    Attributes:
        name: its path beside ``package.opf``.
        content: its bytes.
        kind: its media type.
        properties: what the manifest says of it, such as ``mathml``.
        read: it stands in the spine, so a reader who turns pages meets it.
    """

    name: str
    content: bytes
    kind: str
    properties: str = ""
    read: bool = False


def epub(html: Path, folder: Path) -> Path:
    """Pack the built book into one EPUB 3 file that comes out the same every time.

    Args:
        html: the folder of the built pages.
        folder: where the file goes; made when missing.

    Returns:
        The path of the file.

    Raises:
        CourseError: there is no built book or no Chromium, which sets the formulas.
    """
    leaves = whole.read(html)
    leaves.append(whole.set_apart(leaves))
    _set_formulas(leaves, html)
    _address(leaves)
    images = _images(leaves, html)
    items = [*_front(leaves), *map(_page, leaves), *images, _style(html)]
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{NAME}.epub"
    part = target.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as bundle:
        # By the standard this comes first and is not compressed, so that the type can be seen.
        add(bundle, "mimetype", b"application/epub+zip", zipfile.ZIP_STORED)
        add(bundle, "META-INF/container.xml", _CONTAINER.encode())
        add(bundle, "book/package.opf", package(items).encode())
        for item in items:
            add(bundle, f"book/{item.name}", item.content)
    part.replace(target)
    return target


def package(items: Sequence[Item]) -> str:
    """Return the package document: what the book is, its files, and their order."""
    ids = {item.name: "i-" + re.sub(r"[^\w.-]", "-", item.name) for item in items}
    manifest = [
        f'<item id="{ids[item.name]}" href="{escape(item.name)}" media-type="{item.kind}"'
        + (f' properties="{item.properties}"/>' if item.properties else "/>")
        for item in items
    ]
    spine = [f'<itemref idref="{ids[item.name]}"/>' for item in items if item.read]
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    return _PACKAGE.format(
        identifier=uuid.uuid5(uuid.NAMESPACE_URL, NAME).urn,
        title=f"{whole.TITLE}: {whole.SUBTITLE.lower()}",
        released=cited["date-released"],
        manifest="\n".join(manifest),
        spine="\n".join(spine),
    )


def mathml(formulas: Iterable[tuple[str, bool]], html: Path) -> list[str]:
    """Return each formula as MathML, with its TeX for readers that set none.

    Args:
        formulas: TeX, and whether it stands on a line of its own.
        html: the folder of the built pages, whose MathJax does it.
    """
    listed = list(formulas)
    with chromium.blank_page() as page:
        page.goto((html.resolve() / "book" / "index.html").as_uri())
        page.evaluate("MathJax.startup.promise.then(() => null)")
        found = page.evaluate(_MATHML, [list(formula) for formula in listed])
    return [
        _OWN_NOTES.sub("", text).replace("<math ", f'<math alttext="{escape(tex)}" ', 1)
        for (tex, _), text in zip(listed, found, strict=True)
    ]


def _set_formulas(leaves: Iterable[Leaf], html: Path) -> None:
    places = [tag for leaf in leaves for tag in leaf.body.select(".math")]
    formulas = [_tex(tag) for tag in places]
    distinct = list(dict.fromkeys(formulas))
    known = dict(zip(distinct, mathml(distinct, html), strict=True))
    for tag, formula in zip(places, formulas, strict=True):
        for said in tag.find_all(string=re.compile(r"\\[(\[]")):
            said.replace_with(BeautifulSoup(known[formula], "html.parser"))


def _tex(tag: Tag) -> tuple[str, bool]:
    """Return the TeX of a built page's formula without its marks, and whether it is displayed."""
    said = "".join(tag.find_all(string=True, recursive=False)).strip()
    return said[2:-2].strip(), said.startswith(r"\[")


def _address(leaves: Iterable[Leaf]) -> None:
    """Turn each id that a link leads to into a file and an id."""
    files = {
        tag["id"]: f"{leaf.name}.xhtml"
        for leaf in leaves
        for tag in (leaf.body, *leaf.body.find_all(id=True))
    }
    for leaf in leaves:
        for link in leaf.body.find_all("a", href=re.compile("^#")):
            target = str(link["href"])[1:]
            link["href"] = f"{files[target]}#{target}"


def _page(leaf: Leaf) -> Item:
    body = leaf.body
    present = {"mathml": body.find("math"), "svg": body.find("svg")}
    properties = " ".join(name for name, found in present.items() if found)
    return _xhtml(f"{leaf.name}.xhtml", leaf.title, str(body), properties)


def _xhtml(name: str, title: str, body: str, properties: str = "", read: bool = True) -> Item:
    text = _PAGE.format(title=escape(title), body=body)
    return Item(name, text.encode(), "application/xhtml+xml", properties, read)


def _front(leaves: Sequence[Leaf]) -> list[Item]:
    """Return the title page and the contents."""
    files = {leaf.name for leaf in leaves}

    def address(target: str) -> str:
        page = target if target in files else target.split("--")[0]
        return f"{page}.xhtml" if page == target else f"{page}.xhtml#{target}"

    title = (
        f"<h1>{whole.TITLE}</h1><p>{whole.SUBTITLE}.</p><p>{escape(footer())}</p>"
        "<p>Text and figures: CC BY 4.0. Code: MIT.</p>"
    )
    listed = whole.listing(whole.outline(leaves), address)
    contents = f'<nav epub:type="toc" id="toc"><h1>Contents</h1>{listed}</nav>'
    return [
        _xhtml("title.xhtml", whole.TITLE, f'<section class="cover">{title}</section>'),
        _xhtml("contents.xhtml", "Contents", contents, "nav"),
    ]


def _images(leaves: Iterable[Leaf], html: Path) -> list[Item]:
    """Return the images as files, and give each its address in the EPUB."""
    found: dict[str, bytes] = {}
    for leaf in leaves:
        for image in leaf.body.find_all("img"):
            name, content = _picture(str(image["src"]), html / "_images")
            found[name] = content
            image["src"] = f"images/{name}"
    return [
        Item(f"images/{name}", content, TYPES[Path(name).suffix])
        for name, content in sorted(found.items())
    ]


def _picture(source: str, folder: Path) -> tuple[str, bytes]:
    """Return name and content of an image: a file, or, of a moving figure, within the page."""
    if not source.startswith("data:"):
        return Path(source).name, (folder / Path(source).name).read_bytes()
    kind, _, coded = source.removeprefix("data:image/").partition(";base64,")
    content = base64.b64decode(coded)
    return f"{hashlib.sha256(content).hexdigest()[:16]}.{kind}", content


def _style(html: Path) -> Item:
    own = (STYLES / "epub.css").read_text(encoding="utf-8")
    light, dark = (whole.colours(html, theme) for theme in ("light", "dark"))
    text = f"{own}\n{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"
    return Item("book.css", text.encode(), "text/css")
