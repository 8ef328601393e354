"""The sounds of a center, served as an exchange fetches them."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from tests.contracts.house import SITE, until
from tests.services.speech import speaking
from warmline.channels.voice.prompts import Prompts
from warmline.channels.voice.saying.espeak import Program, Speech
from warmline.channels.voice.shelf import sound_door
from warmline.config import Settings
from warmline.engine.clock import WallClock
from warmline.storage.blobs import FolderBlobs
from warmline.storage.database import open_database
from warmline.storage.schema import metadata


@asynccontextmanager
async def open_prompts(
    data: Path, *, url: str = "", program: Program | None = None
) -> AsyncGenerator[Prompts]:
    """The prompts of a center, with a database of their own."""
    await asyncio.to_thread(data.mkdir, parents=True)
    database = open_database(Settings(data=data))
    await database.create(metadata)
    try:
        yield Prompts(
            site=SITE,
            database=database,
            blobs=FolderBlobs(data / "blobs", limit_bytes=50 * 1024 * 1024),
            clock=WallClock(),
            speech=Speech(program, look=lambda: None),
            url=url,
        )
    finally:
        await database.close()


@asynccontextmanager
async def served(data: Path) -> AsyncGenerator[Prompts]:
    """The same, with words spoken, and served on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        async with open_prompts(data, url=url, program=speaking()) as prompts:
            app = FastAPI()
            app.include_router(sound_door(prompts.shelf))
            server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
            serving = asyncio.create_task(server.serve(sockets=[door]))
            await until("the door", lambda: server.started)
            try:
                yield prompts
            finally:
                server.should_exit = True
                await serving
