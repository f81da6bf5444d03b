"""``python -m companion.serve --model digits.tflite --port 8000``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from companion.errors import CourseError
from companion.serve.app import Limits
from companion.serve.model import read_model
from companion.serve.server import make_server


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve one model on 127.0.0.1 until a signal asks to stop.

    Args:
        arguments: of the command line.

    Returns:
        0 after a graceful stop, 2 if the model cannot be served, or not so.
    """
    options = _parser().parse_args(arguments)
    try:
        limits = Limits(
            max_batch=options.max_batch,
            max_wait=options.max_wait_ms / 1000,
            max_queue=options.max_queue,
            read_seconds=options.read_seconds,
            max_connections=options.max_connections,
        )
        server = make_server(read_model(options.model, options.root), limits, options.port)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2
    server.run(until_stdin_closes=options.until_stdin_closes)
    return 0


def _parser() -> argparse.ArgumentParser:
    default = Limits()
    parser = argparse.ArgumentParser("python -m companion.serve", description=main.__doc__)
    parser.add_argument("--model", required=True, help="a .tflite file inside the root folder")
    parser.add_argument("--root", default=".", help="the only folder that is read (default: here)")
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one")
    parser.add_argument("--max-batch", type=int, default=default.max_batch, help="rows in a call")
    parser.add_argument(
        "--max-wait-ms",
        type=float,
        default=1000 * default.max_wait,
        help="how long a row waits for company",
    )
    parser.add_argument(
        "--max-queue", type=int, default=default.max_queue, help="requests that may wait"
    )
    parser.add_argument(
        "--max-connections",
        type=int,
        default=default.max_connections,
        help="connections that may be open",
    )
    parser.add_argument(
        "--read-seconds",
        type=float,
        default=default.read_seconds,
        help="time for a client to send a request",
    )
    parser.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help="stop, as at a signal, when standard input ends",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
