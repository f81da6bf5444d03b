"""``make archive``: the offline book as a zip that comes out the same every time."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import companion
from tools.footer import footer

NAME = f"large-models-small-machine-{companion.__version__}"  # of what `dist` holds

# The earliest date a zip can hold: file times would differ from build to build.
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def archive(html: Path, folder: Path) -> Path:
    """Zip the built book and write its SHA-256 beside it.

    Args:
        html: the folder of the built pages.
        folder: where the zip and its ``.sha256`` go; made when missing.

    Returns:
        The path of the zip.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{NAME}-html.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as bundle:
        for path in sorted(p for p in html.rglob("*") if p.is_file()):
            add(bundle, f"{NAME}/{path.relative_to(html).as_posix()}", path.read_bytes())
        add(bundle, f"{NAME}/VERSIONS.txt", (footer() + "\n").encode())
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    target.with_suffix(".zip.sha256").write_text(f"{digest}  {target.name}\n", encoding="utf-8")
    return target


def add(
    bundle: zipfile.ZipFile, name: str, content: bytes, method: int = zipfile.ZIP_DEFLATED
) -> None:
    """Add a file without its time and its owner, so that the zip comes out the same every time."""
    entry = zipfile.ZipInfo(name, ZIP_EPOCH)
    entry.external_attr = 0o644 << 16
    entry.compress_type = method
    bundle.writestr(entry, content)
