"""Who sits at a desk: agents with a living session, as the phone's socket asks."""

import asyncio
from contextlib import suppress

from fastapi import WebSocket

from warmline.channels.webrtc.sockets import Seat, SeatOf
from warmline.core.permissions import Right, has
from warmline.core.words import AgentId
from warmline.security.cookies import token_of
from warmline.security.sessions import Sessions

CHECK_EVERY_S = 30.0
"""How often a session is looked at again; its end in this process is told at once."""


class SessionSeat:
    """An agent with a living session."""

    def __init__(self, agent: AgentId, session: str, token: str, sessions: Sessions) -> None:
        self._agent = agent
        self._session = session
        self._token = token
        self._sessions = sessions

    @property
    def agent(self) -> AgentId:
        """Who it is."""
        return self._agent

    async def over(self) -> None:
        """Returns when the session is over, by whatever rule."""
        ended = asyncio.Event()
        stop = self._sessions.listen(lambda id_: ended.set() if id_ == self._session else None)
        try:
            while not ended.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(CHECK_EVERY_S):
                        await ended.wait()
                if await self._sessions.find(self._token) is None:
                    return
        finally:
            stop()


def seats(sessions: Sessions) -> SeatOf:
    """Finds the agent of a socket by its session's cookie."""

    async def seat_of(websocket: WebSocket) -> Seat | None:
        token = token_of(websocket.cookies)
        session = await sessions.find(token) if token else None
        if token is None or session is None:
            return None
        actor = session.user.actor
        if actor.agent is None or not has(actor, Right.WORK):
            return None
        return SessionSeat(actor.agent, session.id, token, sessions)

    return seat_of
