"""The archive comes out the same twice; the conda file follows the lock."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

from tools.archive import archive
from tools.environment import direct, locked
from tools.footer import footer


def test_archive_is_reproducible_and_its_sum_is_right(tmp_path: Path) -> None:
    html = tmp_path / "html"
    (html / "book").mkdir(parents=True)
    (html / "book" / "index.html").write_text("<p>hello</p>", encoding="utf-8")
    first = archive(html, tmp_path / "a").read_bytes()
    (html / "book" / "index.html").touch()
    target = archive(html, tmp_path / "b")
    assert target.read_bytes() == first
    stated = target.with_suffix(".zip.sha256").read_text(encoding="utf-8").split()
    assert stated == [hashlib.sha256(first).hexdigest(), target.name]
    with zipfile.ZipFile(target) as bundle:
        assert [Path(name).name for name in bundle.namelist()] == ["index.html", "VERSIONS.txt"]


def test_footer_changes_with_the_lock(tmp_path: Path) -> None:
    (tmp_path / "requirements.lock").write_text("a==1\n", encoding="utf-8")
    before = footer(tmp_path)
    (tmp_path / "requirements.lock").write_text("a==2\n", encoding="utf-8")
    assert footer(tmp_path) != before
    assert all(word in before for word in ("Course", "Keras", "TensorFlow", "lock"))


def test_locked_reads_names_in_any_spelling() -> None:
    lock = "PyYAML==6.0 ; python_version >= '3' \\\n    --hash=sha256:00\nruamel_yaml==1.2\n"
    assert locked(lock) == {"pyyaml": "6.0", "ruamel-yaml": "1.2"}


def test_direct_reads_both_lists() -> None:
    text = (
        "[project]\ndependencies = ['NumPy>=2']\n"
        "[project.optional-dependencies]\ndev = ['pytest-cov>=6']\n"
    )
    assert direct(text) == ["numpy", "pytest-cov"]
