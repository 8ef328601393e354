"""The phones in agents' browsers: what a page gets, says and is told beside its SIP line."""

from collections.abc import Callable, Mapping

from warmline.channels.asterisk.ari import path
from warmline.channels.asterisk.board import Board, Leg
from warmline.channels.asterisk.devices import Devices
from warmline.channels.asterisk.lines import Lines
from warmline.channels.asterisk.provision import Grant, Provision
from warmline.channels.voice import words as w
from warmline.core.words import AgentId

Tell = Callable[[AgentId, Mapping[str, object]], bool]
"""Says something to the pages of an agent; whether there was any."""


def _nobody(_: AgentId, __: Mapping[str, object]) -> bool:
    return False


class Browsers:
    """The pages that are telephones of one Asterisk."""

    def __init__(self, board: Board, devices: Devices, sip_url: str) -> None:
        self._board, self._devices = board, devices
        self.tell: Tell = _nobody
        self.lines = Lines(
            sip_url,
            busy=self._busy,
            lost=self._lost,
            registered=self._registered,
            left=self._left,
        )
        self._provision = Provision(board, self.lines.cut)

    async def grant(self, agent: AgentId, session: str) -> Grant:
        """A phone for a page of this agent; `NotThere` while there can be none."""
        return await self._provision.grant(agent, session)

    def session_over(self, session: str) -> None:
        """Somebody signed out: their phone is taken back."""
        self._provision.session_over(session)

    async def come_up(self) -> None:
        """Asterisk is there (again): what it has is what we have granted."""
        await self._provision.again()
        await self._provision.sweep(frozenset(self._devices.made))
        for agent in self._devices.browsers():
            self._tell(self._devices.browser(agent, on=True))

    def pick_up(self, leg: Leg) -> w.Outcome:
        """Let the page answer; a telephone on a table cannot be told to."""
        if leg.agent is None or not leg.in_browser:
            return w.Outcome.UNSUPPORTED
        leg.wanted = True
        self.tell(leg.agent, {"type": "pick_up", "leg": leg.id})
        return w.Outcome.DONE

    def heard(self, agent: AgentId, event: w.LegEvent) -> None:
        """What a page says of its talk: how well it hears, that it is to be held."""
        if self._is_theirs(agent, event.leg):
            self._board.tell(event)

    def _is_theirs(self, agent: AgentId, id_: w.LegId) -> bool:
        leg = self._board.legs.get(id_)
        return leg is not None and leg.agent == agent and leg.in_browser and leg.answered

    def _of(self, agent: AgentId) -> list[Leg]:
        legs = self._board.legs.values()
        return [leg for leg in legs if leg.agent == agent and leg.in_browser]

    def _busy(self, agent: AgentId) -> bool:
        return bool(self._of(agent))

    def _lost(self, agent: AgentId) -> None:
        """The page that talked is no more, and said no word to Asterisk."""
        for leg in self._of(agent):
            if leg.answered and leg.ending is None:
                leg.ending = (w.Cause.LOST, w.By.NETWORK)
                self._board.spawn(self._hang_up(leg))

    async def _hang_up(self, leg: Leg) -> None:
        await self._board.ari.ask("DELETE", path("channels", leg.id))

    def _registered(self, agent: AgentId) -> None:
        self._tell(self._devices.browser(agent, on=True))
        for leg in self._of(agent):
            if leg.wanted and not leg.answered:
                self.tell(agent, {"type": "pick_up", "leg": leg.id})

    def _left(self, agent: AgentId) -> None:
        self._tell(self._devices.browser(agent, on=False))

    def _tell(self, told: w.DeviceSeen | None) -> None:
        if told is not None:
            self._board.tell(told)
