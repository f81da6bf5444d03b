"""``python -m companion.serve --model digits.tflite --port 8000``."""

import argparse
import inspect
import sys
import threading
from collections.abc import Sequence
from dataclasses import fields

from companion.errors import CourseError
from companion.serve.model import read_model
from companion.serve.server import GracefulServer
from companion.serve.service import Limits


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve one model on 127.0.0.1 until a signal asks to stop.

    Returns:
        0 after a graceful stop; 2 for a model that cannot be served, or a limit that is none.
    """
    options = _parser().parse_args(arguments)
    try:
        limits = Limits(**{limit.name: getattr(options, limit.name) for limit in fields(Limits)})
        server = GracefulServer(read_model(options.model, options.root), limits, options.port)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2
    if options.until_stdin_closes:
        threading.Thread(target=server.stop_with_stdin, daemon=True).start()
    server.run()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m companion.serve",
        epilog=inspect.getdoc(Limits),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--model", required=True, help="a .tflite file inside the root folder")
    parser.add_argument("--root", default=".", help="the only folder that is read (default: here)")
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one")
    parser.add_argument(
        "--until-stdin-closes", action="store_true", help="stop when standard input ends"
    )
    for limit in fields(Limits):
        option, value = f"--{limit.name.replace('_', '-')}", limit.default
        parser.add_argument(option, type=type(value), default=value, help=f"(default: {value})")
    return parser


if __name__ == "__main__":
    sys.exit(main())
