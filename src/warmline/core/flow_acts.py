"""Where a customer stands in a flow, what may come in, and what is then to be done for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from warmline.core.flow_steps import LANGUAGE, End, no_words
from warmline.core.settings import Calendar
from warmline.core.words import SECOND, CalendarId, Millis


class Awaits(StrEnum):
    """What has to come before it goes on."""

    ANSWER = "answer"
    CONFIRMATION = "confirmation"
    FETCH = "fetch"
    NOTHING = "nothing"
    """The flow is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody stands in a flow."""

    step: str
    awaits: Awaits
    made: int = 0
    """Steps made so far."""
    tries: int = 0
    """Answers to the present step that would not do."""
    held: str = ""
    """Digits that are not confirmed yet."""
    attributes: Mapping[str, str] = field(default_factory=no_words)

    @property
    def is_over(self) -> bool:
        """Whether nothing follows."""
        return self.awaits is Awaits.NOTHING

    @property
    def language(self) -> str:
        """What the customer is spoken to in."""
        return self.attributes.get(LANGUAGE, "en")


def plain(place: Place) -> dict[str, object]:
    """A place as plain values, to be kept; `from_plain` reads it."""
    return {
        "step": place.step,
        "awaits": place.awaits.value,
        "made": place.made,
        "tries": place.tries,
        "held": place.held,
        "attributes": dict(place.attributes),
    }


def from_plain(found: Mapping[str, object]) -> Place:
    """A place that was kept."""
    attributes = found["attributes"]
    made, tries = found["made"], found["tries"]
    assert isinstance(attributes, Mapping) and isinstance(made, int) and isinstance(tries, int)  # noqa: PT018 - one invariant
    return Place(
        step=str(found["step"]),
        awaits=Awaits(str(found["awaits"])),
        made=made,
        tries=tries,
        held=str(found["held"]),
        attributes={str(name): str(value) for name, value in attributes.items()},  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    )


# What comes in


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The customer pressed, chose or wrote something."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """The time to answer is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was to be fetched; by field."""

    values: Mapping[str, str] = field(default_factory=no_words)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """Nothing was found, or not in time."""


Input: TypeAlias = Answered | Silent | Found | NotFound

# What is to be done


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something to be done for the customer, in any medium; `step` says why."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed(Act):
    """It went this way on: nothing is to be done, it may be counted."""

    way: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell(Act):
    """Say this, or play the recording."""

    words: str
    language: str
    recording: str | None = None
    personal: bool = False
    """What is known of this customer stands in the words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """What can be chosen, by key."""

    key: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Act):
    """Say this and wait for an answer: one of the options, or digits where there are none."""

    words: str
    language: str
    wait_ms: Millis
    options: tuple[Option, ...] = ()
    most: int = 1
    """Digits that can be given."""
    secret: bool = False
    """The answer is to be kept nowhere."""
    personal: bool = False
    """What is known of this customer stands in the words."""
    again: bool = False
    """It asks whether what was given is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch(Act):
    """Find out, and answer with `Found` or `NotFound`."""

    of: str
    """`customer`, `number`, `pin`, `http`, or `callback`: have one noted, found when it is."""
    url: str = ""
    queue: str = ""
    pin: str = ""
    fields: tuple[str, ...] = ()
    wait_ms: Millis = 3 * SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish(Act):
    """The flow is over, this way."""

    end: End
    attributes: Mapping[str, str] = field(default_factory=no_words)


Acts: TypeAlias = tuple[Act, ...]
Calendars: TypeAlias = Mapping[CalendarId, Calendar]


def ends_of(acts: Sequence[Act]) -> Finish | None:
    """How a flow ends, when it does among these acts."""
    return next((one for one in acts if isinstance(one, Finish)), None)
