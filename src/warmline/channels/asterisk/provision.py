"""The phones in agents' browsers as Asterisk has them: made for one session, gone with it."""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import structlog

from warmline.channels.asterisk.ari import NotThere, path
from warmline.channels.asterisk.board import Board
from warmline.channels.asterisk.words import BROWSER, PUSHED
from warmline.core.words import HOUR, SECOND, AgentId, Instant, Millis

VALID_MS: Millis = HOUR
"""How long a password serves; a page that is still there asks for a new one before."""
PASSWORD_BYTES = 24
CONTEXT = "warmline-phones"
_DYNAMIC = ("asterisk", "config", "dynamic", "res_pjsip")

log = structlog.get_logger()


class NotMade(NotThere):
    """Asterisk makes no such phone: its `sorcery.conf` has no place for one in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """With what a page registers as an agent's phone; kept in memory alone."""

    agent: AgentId
    session: str
    user: str
    password: str
    expires_at: Instant


class Provision:
    """Makes and removes phones by Asterisk's push configuration (`sorcery.conf`: `memory`)."""

    def __init__(self, board: Board, gone: Callable[[AgentId], None]) -> None:
        self._board = board
        self._gone = gone
        """Told of an agent whose phone was taken back."""
        self._grants: dict[AgentId, Grant] = {}
        self._timers: dict[AgentId, asyncio.TimerHandle] = {}
        self._turns: defaultdict[AgentId, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def grant(self, agent: AgentId, session: str) -> Grant:
        """A phone of this agent with a new password; `NotThere` when Asterisk makes none."""
        user = BROWSER.format(agent=agent)
        grant = Grant(
            agent=agent,
            session=session,
            user=user,
            password=secrets.token_urlsafe(PASSWORD_BYTES),
            expires_at=self._board.clock.now() + VALID_MS,
        )
        async with self._turns[agent]:
            await self._make(grant)
            self._grants[agent] = grant
            self._stop_timer(agent)
            self._timers[agent] = asyncio.get_running_loop().call_later(
                VALID_MS / SECOND, lambda: self._board.spawn(self._revoke(grant))
            )
        return grant

    def holds(self, agent: AgentId) -> bool:
        """Whether an agent has a phone of ours now."""
        return agent in self._grants

    def session_over(self, session: str) -> None:
        """Who signed out has no phone any more."""
        for grant in [one for one in self._grants.values() if one.session == session]:
            self._board.spawn(self._revoke(grant))

    async def sweep(self, agents: frozenset[AgentId]) -> None:
        """Phones of an earlier life of ours lose their passwords; those in a talk no more."""
        talking = {leg.agent for leg in self._board.legs.values()}
        for agent in agents - self._grants.keys():
            async with self._turns[agent]:
                if agent not in self._grants:
                    await self._remove(agent, kinds=PUSHED[:1] if agent in talking else PUSHED)

    async def again(self) -> None:
        """Asterisk may have forgotten all phones: they are made anew as they were."""
        for grant in list(self._grants.values()):
            async with self._turns[grant.agent]:
                if self._grants.get(grant.agent) is grant:
                    with suppress(NotMade):  # it has been told; calls go on without that phone
                        await self._make(grant)

    async def _revoke(self, grant: Grant) -> None:
        async with self._turns[grant.agent]:
            if self._grants.get(grant.agent) is not grant:
                return  # another session of theirs has a phone now
            del self._grants[grant.agent]
            self._stop_timer(grant.agent)
            self._gone(grant.agent)
            await self._remove(grant.agent)
        log.info("phone_revoked", agent=grant.agent)

    async def _make(self, grant: Grant) -> None:
        for kind, fields in _fields(grant).items():
            await self._push(kind, grant.user, fields)

    async def _push(self, kind: str, user: str, fields: Mapping[str, str]) -> None:
        told = [{"attribute": name, "value": value} for name, value in fields.items()]
        where = path(*_DYNAMIC, kind, user)
        reply = await self._board.ari.send("PUT", where, body={"fields": told})
        if not reply.good:
            log.error("phone_not_made", kind=kind, status=reply.status)
            raise NotMade(f"{kind}: {reply.status}")

    async def _remove(self, agent: AgentId, *, kinds: tuple[str, ...] = PUSHED) -> None:
        user = BROWSER.format(agent=agent)
        for kind in reversed(kinds):
            await self._board.ari.ask("DELETE", path(*_DYNAMIC, kind, user))

    def _stop_timer(self, agent: AgentId) -> None:
        timer = self._timers.pop(agent, None)
        if timer is not None:
            timer.cancel()


def _fields(grant: Grant) -> Mapping[str, Mapping[str, str]]:
    user = grant.user
    return {
        "auth": {"auth_type": "userpass", "username": user, "password": grant.password},
        # The page that came last is the one that rings.
        "aor": {"max_contacts": "1", "remove_existing": "yes"},
        "endpoint": {
            "webrtc": "yes",
            "context": CONTEXT,
            "disallow": "all",
            "allow": "alaw,ulaw",
            "direct_media": "no",
            "dtmf_mode": "rfc4733",
            "send_connected_line": "no",
            "rtp_timeout": "30",
            "rtp_timeout_hold": "300",
            "aors": user,
            "auth": user,
        },
    }
