"""The built screens: one page for every address of the app, hashed files for ever, the widget."""

from collections.abc import Sequence
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

NOT_THE_APP = frozenset(
    {
        "api",
        "ws",
        "assets",
        "widget",
        "gallery",
        "help",
        "metrics",
        "healthz",
        "readyz",
        "docs",
        "redoc",
    }
)
NOT_SERVED = frozenset({"gallery.html"})
PATH_LIMIT = 512
WIDGETS = frozenset({"widget.js", "widget-call.js"})
FOR_EVER = "public, max-age=31536000, immutable"
FIVE_MINUTES = "public, max-age=300"
ASK_EACH_TIME = "no-cache"


def find_screens() -> Path | None:
    """Where the built screens are: in the installed package, or beside it in a checkout."""
    here = Path(__file__).resolve()
    for place in (here.parent / "dist", *_checkout(here.parents)):
        if (place / "index.html").is_file():
            return place
    return None


def _checkout(parents: Sequence[Path]) -> list[Path]:
    root = parents[3]
    return [root / "ui" / "dist"] if (root / "pyproject.toml").is_file() else []


class Screens:
    """Answers what no route answered: files of the build, and the page itself for the app."""

    def __init__(self, place: Path | None) -> None:
        self._place = place.resolve() if place is not None else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # a socket at an address that is none
            await send({"type": "websocket.close", "code": 4404, "reason": "no such address"})
            return
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(404, "There is nothing at this address.")
        response = self._answer(Request(scope))
        await response(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        path = request.url.path.lstrip("/")
        if len(path) > PATH_LIMIT or "\0" in path:
            raise HTTPException(404, "There is nothing at this address.")
        file = self._file(path)
        if file is not None:
            return FileResponse(file, headers=_headers(path))
        first, last = path.split("/")[0], path.rsplit("/", 1)[-1]
        if first in NOT_THE_APP or "." in last:
            raise HTTPException(404, "There is nothing at this address.")
        page = self._file("index.html")
        if page is None:
            raise HTTPException(404, "The screens are not built; run `make setup`.")
        return FileResponse(page, headers={"Cache-Control": ASK_EACH_TIME})

    def _file(self, path: str) -> Path | None:
        """The file of the build at this path; never one outside it, never a hidden one."""
        if self._place is None or not path or path in NOT_SERVED:
            return None
        if any(part.startswith(".") for part in path.split("/")):
            return None
        file = (self._place / path).resolve()
        return file if file.is_relative_to(self._place) and file.is_file() else None


def _headers(path: str) -> dict[str, str]:
    if path in WIDGETS:
        return {
            "Cache-Control": FIVE_MINUTES,
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
    return {"Cache-Control": FOR_EVER if path.startswith("assets/") else ASK_EACH_TIME}


def screens(place: Path | None) -> ASGIApp:
    """The screens, compressed; they hold no secret that a length could tell."""
    return GZipMiddleware(Screens(place), minimum_size=1024)
