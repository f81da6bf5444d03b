"""The archive comes out the same twice; the conda file follows the lock."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import yaml

from tools.archive import archive
from tools.environment import direct, environment, locked
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
    lock = "keras==3.1\ntensorflow==2.1\na=={}\n"
    (tmp_path / "requirements.lock").write_text(lock.format(1), encoding="utf-8")
    before = footer(tmp_path)
    (tmp_path / "requirements.lock").write_text(lock.format(2), encoding="utf-8")
    assert footer(tmp_path) != before
    assert all(word in before for word in ("Course", "Keras 3.1", "TensorFlow 2.1", "lock"))


def test_locked_reads_names_in_any_spelling() -> None:
    lock = (
        "PyYAML==6.0 ; python_version >= '3' \\\n    --hash=sha256:00\nruamel_yaml==1.2\n"
        "two==1 ; python_version < '3.12' \\\n    --hash=sha256:00\n"
        "two==2 ; python_version >= '3.12' \\\n    --hash=sha256:00\n"
    )
    assert locked(lock) == {"pyyaml": {"6.0"}, "ruamel-yaml": {"1.2"}, "two": {"1", "2"}}


def test_direct_reads_both_lists() -> None:
    text = (
        "[project]\ndependencies = ['NumPy>=2']\n"
        "[project.optional-dependencies]\ntest = ['pytest-cov>=6']\nlab = ['jax']\n"
    )
    assert direct(text, ["test"]) == ["numpy", "pytest-cov"]
    assert direct(text, ["lab", "test"], companion=False) == ["jax", "pytest-cov"]


def test_the_conda_file_keeps_a_pin_that_depends_on_python(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[project]\ndependencies = ['a']\n"
        "[project.optional-dependencies]\nbook = []\nlab = []\ntest = []\n",
        encoding="utf-8",
    )
    lock = "a==1 ; python_version < '3.12' \\\n    --hash=sha256:00\nb==2\n"
    (tmp_path / "requirements.lock").write_text(lock, encoding="utf-8")
    (*_, packages) = yaml.safe_load(environment(tmp_path))["dependencies"]
    assert packages == {"pip": ['a==1; python_version < "3.12"']}
