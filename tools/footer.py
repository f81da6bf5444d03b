"""Sphinx extension: the versions in each page's footer, and only the scripts in use."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from pybtex.backends.plaintext import Backend
from pybtex.plugin import register_plugin

import companion
from tools.environment import WHOLE, locked
from tools.finish import finish

ROOT = Path(__file__).resolve().parents[1]


def footer(root: Path = ROOT) -> str:
    """Return the footer line: course, Keras and TensorFlow versions, and the lock's hash.

    The versions are the lock's, which made the stored outputs: building needs neither package.
    """
    lock = (root / WHOLE).read_bytes()
    (keras,), (tensorflow,) = map(locked(lock.decode()).__getitem__, ("keras", "tensorflow"))
    return (
        f"Course {companion.__version__} · Keras {keras} · "
        f"TensorFlow {tensorflow} · lock {hashlib.sha256(lock).hexdigest()[:12]}"
    )


def setup(app: Any) -> dict[str, Any]:
    """Register with Sphinx (called by it)."""
    # Else each of 700 citations looks for it in the metadata of every package: 5 to 10 seconds.
    register_plugin("pybtex.backends", "plaintext", Backend, force=True)
    app.connect("config-inited", _set_footer)
    app.connect(
        "env-get-outdated", lambda *_: ["book/index"]
    )  # else a new style sheet is not copied
    app.connect("html-page-context", _drop_thebe, priority=900)
    # After sphinx-mathjax-offline has copied its files at the usual priority, 500.
    app.connect("build-finished", _finish, priority=900)
    return {"version": companion.__version__, "parallel_read_safe": True}


def _set_footer(app: Any, config: Any) -> None:
    config.html_theme_options["extra_footer"] = f"<p>{footer()}</p>"


def _drop_thebe(
    app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Leave out Thebe, which Jupyter Book adds (twice) and which needs the network."""
    scripts = context.get("script_files", [])
    context["script_files"] = [s for s in scripts if "thebe" not in _source(s).lower()]


def _source(script: Any) -> str:
    return f"{getattr(script, 'filename', '')} {getattr(script, 'attributes', {}).get('body', '')}"


def _finish(app: Any, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        finish(Path(app.outdir))
