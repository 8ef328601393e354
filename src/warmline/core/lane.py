"""Queue classes and lanes: who waits for the same people, and who of them is open, in order."""

from bisect import bisect_left, insort
from collections.abc import Mapping
from typing import Generic, TypeVar

from warmline.core.words import AgentId, InteractionId, Medium, Millis, TeamId

MEDIUM_BIT: Mapping[Medium, int] = {medium: 1 << place for place, medium in enumerate(Medium)}
"""Media as bits, so that what an agent is open for is one number."""

AVERAGE_PCT = 50
"""The quality of an agent of whom nothing is known, and the one that matches are measured by."""
Groups = tuple[tuple[str, str, Millis], ...]
"""What a customer stated and an affinity rule rewards: (trait, group, bonus)."""
ClassKey = tuple[Medium, int, int, tuple[AgentId, ...], TeamId | None, tuple[TeamId, ...]]
"""What is required: medium, all of these bits, one of those, named agents, team, not these."""
LaneKey = tuple[Millis, Groups]
BandKey = tuple[int, tuple[tuple[str, str], ...]]
SPENT = 64
"""So many places of those who were first are kept before the list is made shorter."""

_Id = TypeVar("_Id", bound=str)


class Line(Generic[_Id]):
    """Places in order, the least first: most come to its end, and most leave from its front."""

    __slots__ = ("first", "places")

    def __init__(self) -> None:
        self.places: list[tuple[int, _Id]] = []
        """(key, id); empty, or from `first` on those who stand in line."""
        self.first = 0

    def add(self, place: tuple[int, _Id]) -> None:
        """Somebody stands in line, at their place."""
        places = self.places
        if not places or places[-1] < place:
            places.append(place)
        else:
            insort(places, place, self.first)

    def remove(self, place: tuple[int, _Id]) -> None:
        """Whoever stands there leaves."""
        places, first = self.places, self.first
        if places[first] != place:
            del places[bisect_left(places, place, first)]
            return
        first += 1
        if first == len(places):
            places.clear()
            first = 0
        elif first > SPENT and 2 * first > len(places):
            del places[:first]
            first = 0
        self.first = first


class Lane(Line[InteractionId]):
    """The line of those of one queue class who count the same: the least key is next."""

    __slots__ = ("groups", "of", "to_bands", "worth_ms")

    def __init__(self, of: "QueueClass", worth_ms: Millis, groups: Groups) -> None:
        super().__init__()
        self.of = of
        self.worth_ms = worth_ms
        """What a perfect match outweighs."""
        self.groups = groups
        self.to_bands: list[tuple[Band, Millis]] = []
        """What the match is worth with each band, as it was asked for."""

    def match_ms(self, band: BandKey) -> Millis:
        """How much idle time, or waiting, the match with agents of `band` outweighs."""
        quality, groups = band
        match = match_ms(self.worth_ms, quality)
        if self.groups:
            match += bonus_ms(self.groups, groups)
        return match

    def matches(self) -> "list[tuple[Band, Millis]]":
        """Each band of the queue class, with what the match with its agents is worth."""
        if len(self.to_bands) != len(self.of.bands):
            self.to_bands = [(band, self.match_ms(band.key)) for band in self.of.bands.values()]
        return self.to_bands


def match_ms(worth_ms: Millis, quality_pct: int) -> Millis:
    """What a match is worth, in ms of idling or waiting: against that with an average agent.

    So a good agent who gets room takes rather those to whom a good match means much, a weaker one
    rather the others, and an average one whoever has waited longest.

    >>> match_ms(600_000, 80), match_ms(600_000, 50), match_ms(600_000, 40)
    (180000, 0, -60000)
    """
    return worth_ms * (quality_pct - AVERAGE_PCT) // 100


def bonus_ms(wanted: Groups, groups: tuple[tuple[str, str], ...]) -> Millis:
    """The affinity bonus: the largest of the rules that agree."""
    return max((ms for trait, group, ms in wanted if (trait, group) in groups), default=0)


class Band(Line[AgentId]):
    """Open agents of one quality, the one who has been idle longest first."""

    __slots__ = ("key",)

    def __init__(self, key: BandKey) -> None:
        super().__init__()
        self.key = key


Matches = list[tuple[Lane, Millis]]
"""Lanes, and what the match with agents of one band is worth in each."""


class QueueClass:
    """A medium and what is required: its lanes, and the open agents who may serve them."""

    __slots__ = (
        "all_of", "any_of", "bands", "bit", "lanes", "medium", "named", "not_teams", "open",
        "team", "to_lanes", "waiting",
    )  # fmt: skip

    def __init__(self, key: ClassKey) -> None:
        self.medium, self.all_of, self.any_of, self.named, self.team, self.not_teams = key
        self.bit = MEDIUM_BIT[self.medium]
        self.lanes: dict[LaneKey, Lane] = {}
        self.waiting = 0
        self.bands: dict[BandKey, Band] = {}
        self.open = 0
        """How many parked agents are open for it."""
        self.to_lanes: dict[BandKey, Matches] = {}
        """What the match with agents of a band is worth in each lane, as it was asked for."""

    def lane(self, key: LaneKey) -> Lane:
        """The lane of those who count the same."""
        found = self.lanes.get(key)
        if found is None:
            found = self.lanes[key] = Lane(self, key[0], key[1])
            for band, matches in self.to_lanes.items():
                matches.append((found, found.match_ms(band)))
        return found

    def matches(self, band: BandKey) -> Matches:
        """Each lane, also those to come, with what the match with agents of `band` is worth."""
        found = self.to_lanes.get(band)
        if found is None:
            found = [(lane, lane.match_ms(band)) for lane in self.lanes.values()]
            self.to_lanes[band] = found
        return found

    def admits(self, agent: AgentId, mask: int, team: TeamId | None) -> bool:
        """Whether the agent is able; whether there is room is another question."""
        return (
            mask & self.all_of == self.all_of
            and (not self.any_of or mask & self.any_of != 0)
            and (not self.named or agent in self.named)
            and (self.team is None or team == self.team)
            and team not in self.not_teams
        )

    def park(self, place: tuple[int, AgentId], band: BandKey) -> None:
        """The agent stands open from now on."""
        line = self.bands.get(band)
        if line is None:
            line = self.bands[band] = Band(band)
        line.add(place)
        self.open += 1

    def unpark(self, place: tuple[int, AgentId], band: BandKey) -> None:
        """The agent does not stand open any more."""
        self.bands[band].remove(place)
        self.open -= 1
