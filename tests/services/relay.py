"""A wire between two programs that a test can cut and mend."""

import asyncio
from contextlib import suppress

from tests.services.ports import LOOPBACK

CHUNK = 64 * 1024


class Relay:
    """Passes on what is said to `port` to another port of this machine, as long as it is whole."""

    def __init__(self, target: int) -> None:
        self._target = target
        self.port = 0
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()

    async def open(self) -> "Relay":
        """The wire is whole; its port stays the same after it was mended."""
        self._server = await asyncio.start_server(self._pass_on, LOOPBACK, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def cut(self) -> None:
        """Nothing goes through, and nothing answers."""
        assert self._server is not None
        self._server.close()
        for end in list(self._ends):
            end.transport.abort()
        await self._server.wait_closed()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there_reader, there_writer = await asyncio.open_connection(LOOPBACK, self._target)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, there_writer}
        self._ends |= both
        try:
            await asyncio.gather(_flow(reader, there_writer), _flow(there_reader, writer))
        finally:
            self._ends -= both
            for end in both:
                end.close()


async def _flow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while said := await reader.read(CHUNK):
            writer.write(said)
            await writer.drain()
    writer.close()
