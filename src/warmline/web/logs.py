"""Logs: one line per fact, JSON for machines or plain for people, ids and never words of people."""

import logging
import sys
import traceback
from types import TracebackType
from typing import Any, TextIO, cast

import structlog
from structlog.typing import EventDict, WrappedLogger

PLACES_LIMIT = 12
_Exception = tuple[type[BaseException], BaseException, TracebackType | None]


def configure(*, json: bool, level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send everything, also what libraries log, to one place in one form."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _tell_places,
    ]
    last = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # httpx tells the address of every request: there may be a telephone number in it.
    for name in ("uvicorn", "uvicorn.error", "alembic", "httpx"):
        quiet = logging.getLogger(name)
        quiet.handlers.clear()
        quiet.setLevel(logging.WARNING)
        quiet.propagate = True
    access = logging.getLogger("uvicorn.access")
    access.handlers.clear()
    access.disabled = True


def _tell_places(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """An exception by its type and place: its message may hold what somebody wrote."""
    error = _error_of(event.pop("exc_info", None))
    if error is not None:
        event["kind"] = type(error).__name__
        event["places"] = [
            f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)[-PLACES_LIMIT:]
        ]
    return event


def _error_of(given: Any) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return cast("_Exception", given)[1]
    return sys.exc_info()[1] if given else None
