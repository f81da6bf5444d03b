"""A real text, offline and the same everywhere: the source of the installed, locked Keras.

Some megabytes of Python and of English, read where they are installed and never copied.
"""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from companion.errors import CourseError
from companion.files import read_text

HELD_OUT = 0.1
# "HTTPServer2" has three words: capitals before a capitalised word, a word, a number.
_WORD = re.compile(r"[^\W\d_]+|\d+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@cache
def keras_source() -> str:
    """Return the source text of the installed Keras: every module of ``keras.src`` but its tests.

    The files come in the order of their paths and with the line ends of Unix, so that one version
    of Keras gives one text on every system. Keras itself is not imported.

    Raises:
        CourseError: Keras is not installed as readable source.
    """
    package = find_spec("keras")
    if package is None or package.origin is None:
        raise CourseError("The corpus is Keras' own source; install Keras with `make setup`.")
    return read_sources(Path(package.origin).parent / "src")


def read_sources(folder: Path) -> str:
    """Return the text of all Python files in a package's top folder and below, but for tests.

    Returns:
        The files in the order of their paths, one after the other; each ends with a line end.

    Raises:
        CourseError: a folder without Python files, or a file that is not UTF-8.
    """
    texts = []
    # Sorted by parts: "a/b.py" before "a.py", whatever the system's separator.
    for name in sorted(path.relative_to(folder).parts for path in folder.rglob("*.py")):
        if not name[-1].endswith("_test.py") and name[-1] != "conftest.py":
            text = read_text(folder.joinpath(*name), mend="install the package again")
            text = text.replace("\r\n", "\n").replace("\r", "\n")
            texts.append(text if text.endswith("\n") or not text else text + "\n")
    if not texts:
        raise CourseError(f"There are no Python files in {folder.name}; name a package's folder.")
    return "".join(texts)


def split_text(text: str) -> tuple[str, str]:
    """Cut a text in two, at the start of a line: the last tenth is for testing.

    One cut and no shuffling: a test text from among the training lines would share their context.

    Returns:
        The training text and the test text; together they are the whole.

    Raises:
        CourseError: a text too short to cut.
    """
    at = round(len(text) * (1 - HELD_OUT))
    at = text.rfind("\n", 0, at) + 1 or at
    if not 0 < at < len(text):
        raise CourseError(f"A text of {len(text)} characters is too short to be cut in two.")
    return text[:at], text[at:]


def words(text: str) -> list[str]:
    """Return the words and numbers of a text, in small letters, without signs.

    Names in code are cut where their writer joined them: ``BatchNormalization2D_test`` gives
    ``batch normalization 2 d test``. A language without spaces, such as Chinese, gives whole
    clauses: it needs :mod:`companion.data.bpe`.
    """
    return [word.lower() for run in _WORD.findall(text) for word in _HUMP.split(run)]
