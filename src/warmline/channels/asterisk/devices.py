"""Which phones are there: an agent may have one on the table and one in the browser."""

from warmline.channels.asterisk.words import BROWSER
from warmline.channels.voice import words as w
from warmline.core.words import AgentId
from warmline.ports import Clock

_MARK = BROWSER.format(agent="")


class Devices:
    """The phones that are there, by agent."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tables: dict[AgentId, bool] = {}
        self._browsers: set[AgentId] = set()
        self._told: dict[AgentId, bool] = {}
        self.made: set[AgentId] = set()
        """For whose browsers Asterisk has a phone, whether anybody is there or not."""

    def clear(self) -> None:
        """Nothing is known of Asterisk; of each phone is told anew."""
        self._tables.clear()
        self._told.clear()
        self.made.clear()

    def in_browser(self, agent: AgentId) -> bool:
        """Whether the agent's browser can be rung."""
        return agent in self._browsers

    def browsers(self) -> frozenset[AgentId]:
        """Whose browsers can be rung."""
        return frozenset(self._browsers)

    def seen(self, name: str, *, on: bool) -> w.DeviceSeen | None:
        """What Asterisk says of a phone; what is to be told of its agent, if anything.

        Of those in browsers we know more ourselves: Asterisk takes one for gone while its page is
        loaded again.
        """
        agent = AgentId(name.removesuffix(_MARK))
        if name.endswith(_MARK):
            self.made.add(agent)
            return None
        self._tables[agent] = on
        return self._tell(agent)

    def browser(self, agent: AgentId, *, on: bool) -> w.DeviceSeen | None:
        """A page came or went; what is to be told of its agent, if anything."""
        (self._browsers.add if on else self._browsers.discard)(agent)
        return self._tell(agent)

    def _tell(self, agent: AgentId) -> w.DeviceSeen | None:
        there = self._tables.get(agent, False) or agent in self._browsers
        if self._told.get(agent) is there:
            return None
        self._told[agent] = there
        return w.DeviceSeen(at=self._clock.now(), agent=agent, on=there)
