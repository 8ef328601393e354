"""What the web needs of a running center; `wiring` composes it."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from fastapi import APIRouter

from warmline.config import Settings
from warmline.engine.engine import Engine
from warmline.ports import Clock, Signals, Submit
from warmline.security.room import Security
from warmline.web.auth import SessionGuard

Ready = Callable[[], bool]
"""Whether the center serves commands now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """A composed center: the pieces that the web's own routes use, and the rooms' routes."""

    settings: Settings
    clock: Clock
    state: Engine
    """The engine, to look at its state and to hear its events; what changes goes by `submit`."""
    submit: Submit
    signals: Signals
    security: Security
    guard: SessionGuard
    running: Callable[[], AbstractAsyncContextManager[object]]
    """Starts the engine and the channels, and stops them in the end."""
    ready: Ready
    rooms: Sequence[APIRouter] = ()
    """Routes under `/api/v1`: those of conversations, customers, desk, insight, channels, demo."""
    doors: Sequence[APIRouter] = ()
    """Routes with whole addresses of their own: sockets, and pages of the demonstration."""
    file_paths: Sequence[str] = ("/api/v1/files", "/api/v1/chat/files")
    """Where a body may be as large as a file."""
