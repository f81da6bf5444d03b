"""The application around a service: its paths, its hosts, and every answer counted."""

from collections.abc import Mapping

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from companion.serve.model import ServedModel
from companion.serve.service import CLOSE, Limits, Service

LOCAL_NAMES = ("127.0.0.1", "localhost")


class Application(FastAPI):
    """Refuses foreign names, and counts every answer by path and status."""

    def build_middleware_stack(self) -> ASGIApp:
        """Put the count around everything, also around what answers a failure."""
        inner = super().build_middleware_stack()
        foreign = _refusal(400, f"The host should be {' or '.join(LOCAL_NAMES)}.", CLOSE)

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    self.state.service.metrics.answered(scope["path"], message["status"])
                await send(message)

            # A web page that points its own name at this machine is not a local client.
            local = scope["type"] != "http" or _host(scope) in LOCAL_NAMES
            await (inner if local else foreign)(scope, receive, noted)

        return counted


def make_app(model: ServedModel, limits: Limits) -> FastAPI:
    """Return the application around a model; its state holds the :class:`Service`."""
    service = Service(model, limits)
    app = Application(
        lifespan=service.running,
        exception_handlers={HTTPException: _refuse, Exception: _fail},
        openapi_url=None,  # its interactive pages would load scripts from other machines
    )
    app.state.service = service
    app.add_route("/predict", service.predict, ["POST"])
    app.add_route("/health", service.health)
    app.add_route("/metrics", service.measured)
    return app


def _refusal(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"error": sentence}, status, headers)


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentence = {
        404: "There is no such path; there are /predict, /health and /metrics.",
        405: f"{request.method} is not for this path; POST is for /predict, GET for the others.",
    }.get(error.status_code, error.detail)
    return _refusal(error.status_code, sentence, error.headers)


async def _fail(_: Request, __: Exception) -> Response:
    return _refusal(500, "The server failed on this request; its log says why.")


def _host(scope: Scope) -> str:
    return Headers(scope=scope).get("host", "").rsplit(":", 1)[0].lower()
