"""Public names of a package in two steps, without loading what is not asked for (PEP 562)."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def attach(package: str, where: Mapping[str, str]) -> tuple[Callable[[str], Any], list[str]]:
    """Return a package's ``__getattr__`` and its ``__all__``.

    Args:
        package: its ``__name__``.
        where: module of the package to the names that come from it, with spaces between them.

    Raises:
        AttributeError: by the returned function, for a name that the package does not have.
    """
    home = {name: module for module, names in where.items() for name in names.split()}

    def getter(name: str) -> Any:
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{home[name]}"), name)

    return getter, sorted(home)
