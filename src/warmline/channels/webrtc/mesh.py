"""The connections between pages: which there must be, who offers, and what is passed on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from uuid import uuid4

from warmline.channels.voice.words import LegId
from warmline.channels.webrtc.legs import Leg, hears
from warmline.channels.webrtc.pages import Told

TRIES = 3
"""A connection that cannot be made is made anew so often; then the pages say so."""

Servers = Callable[[], Sequence[Told]]
"""The ICE servers for one connection; their passwords do not last."""


@dataclass(slots=True, eq=False, kw_only=True)
class Connection:
    """One connection between two pages; made anew it is another one."""

    one: Leg
    other: Leg
    one_sends: bool
    other_sends: bool
    tries: int = 1
    id: str = field(default_factory=lambda: uuid4().hex)
    up: set[LegId] = field(default_factory=set[LegId])
    """The sides that said it carries sound."""

    def sides(self) -> tuple[Leg, Leg]:
        """Both legs; the first one offers."""
        return (self.one, self.other)

    def opposite(self, leg: LegId) -> Leg:
        """The other side."""
        return self.other if leg == self.one.id else self.one

    def is_as(self, one_sends: bool, other_sends: bool) -> bool:  # noqa: FBT001 - both sides alike
        """Whether the sound goes the ways it should."""
        return self.one_sends is one_sends and self.other_sends is other_sends


class Mesh:
    """All connections; there is one between any two in a room of whom one hears the other."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._by_id: dict[str, Connection] = {}
        self._by_pair: dict[frozenset[LegId], Connection] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def of(self, leg: LegId) -> list[Connection]:
        """Those of a leg."""
        return [one for one in self._by_id.values() if leg in {one.one.id, one.other.id}]

    def find(self, id_: str, leg: LegId) -> Connection | None:
        """The connection with this id, if the leg is a side of it."""
        found = self._by_id.get(id_)
        return found if found is not None and leg in {found.one.id, found.other.id} else None

    def settle(self, legs: Iterable[Leg]) -> None:
        """Make what the legs of one room need among themselves, and drop what they do not."""
        inside = sorted(legs, key=lambda leg: leg.id)
        ids = {leg.id for leg in inside}
        for leg in inside:
            for there in self.of(leg.id):
                if there.opposite(leg.id).id not in ids:
                    self.drop(there)
        for one, other in combinations(inside, 2):
            self._pair(one, other)

    def leave(self, leg: Leg, *, but: LegId | None = None) -> None:
        """Drop all connections of a leg, or all but the one with another."""
        for there in self.of(leg.id):
            if there.opposite(leg.id).id != but:
                self.drop(there)

    def link(self, leg: Leg, other: Leg) -> None:
        """Connect a leg with this other one alone, both ways; the leg offers."""
        self.leave(leg, but=other.id)
        away = leg.page is None or other.page is None
        if not away and frozenset((leg.id, other.id)) not in self._by_pair:
            self._make(Connection(one=leg, other=other, one_sends=True, other_sends=True))

    def drop(self, there: Connection) -> None:
        """End a connection, and tell both pages."""
        if self._by_id.pop(there.id, None) is None:
            return
        del self._by_pair[frozenset((there.one.id, there.other.id))]
        for leg in there.sides():
            if leg.page is not None:
                leg.page.tell({"type": "disconnect", "leg": leg.id, "connection": there.id})

    def again(self, there: Connection) -> bool:
        """Make a connection anew that failed; False when that was tried often enough."""
        self.drop(there)
        if any(leg.page is None for leg in there.sides()):
            return True  # it is made when the page that is away comes back
        if there.tries >= TRIES:
            for leg in there.sides():
                if leg.page is not None:
                    leg.page.tell({"type": "unheard", "leg": leg.id})
            return False
        self._make(
            Connection(
                one=there.one,
                other=there.other,
                one_sends=there.one_sends,
                other_sends=there.other_sends,
                tries=there.tries + 1,
            )
        )
        return True

    def came_back(self, leg: Leg, kept: Iterable[str]) -> None:
        """The page of a leg is here again and still has these connections; the rest is gone."""
        known = set(kept)
        for there in self.of(leg.id):
            if there.id not in known or leg.id not in there.up:
                self.drop(there)

    def _pair(self, one: Leg, other: Leg) -> None:
        one_sends, other_sends = hears(other, one), hears(one, other)
        there = self._by_pair.get(frozenset((one.id, other.id)))
        if there is not None:
            if there.is_as(one_sends, other_sends):
                return
            self.drop(there)
        away = one.page is None or other.page is None
        if away or not (one_sends or other_sends):
            return
        self._make(Connection(one=one, other=other, one_sends=one_sends, other_sends=other_sends))

    def _make(self, there: Connection) -> None:
        self._by_id[there.id] = there
        self._by_pair[frozenset((there.one.id, there.other.id))] = there
        sends = (there.one_sends, there.other_sends)
        for index, leg in enumerate(there.sides()):
            assert leg.page is not None, "a page that is away has no connections"
            leg.page.tell(
                {
                    "type": "connect",
                    "leg": leg.id,
                    "connection": there.id,
                    "offers": index == 0,
                    "send": sends[index],
                    "receive": sends[1 - index],
                    "ice": list(self._servers()),
                }
            )
