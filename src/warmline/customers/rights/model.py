"""The words of consent and rights: purposes, ways, flags, what may be stated about each."""

from dataclasses import dataclass
from enum import StrEnum

from warmline.core.words import Instant

PROOF_LIMIT_CHARS = 500
NOTE_LIMIT_CHARS = 500
SOURCE_LIMIT_CHARS = 32
CONSENTS_LIMIT = 1_000
"""So many statements of one person are kept; nobody changes their mind so often."""
DAY_MINUTES = 24 * 60


class Purpose(StrEnum):
    """What a contact, or a computation, is for."""

    SERVICE = "service"
    """About something the customer asked for, ordered or has a contract of."""
    COURTESY = "courtesy"
    """A call to see whether all is well."""
    MARKETING = "marketing"
    SURVEY = "survey"
    PROFILING = "profiling"
    """No contact at all: computing value, segment and likely wishes."""


class Way(StrEnum):
    """How a person is reached when we begin."""

    EMAIL = "email"
    PHONE = "phone"
    SMS = "sms"
    MESSENGER = "messenger"


class Flag(StrEnum):
    """What changes how a person is treated, everywhere."""

    RESTRICTED = "restricted"
    """Nothing is done with the data but keeping it, and answering the person."""
    OBJECTS_PROFILING = "objects_profiling"
    """No value, no segment, no routing by either."""
    DECEASED = "deceased"
    ABUSIVE = "abusive"
    """Answered, never called on our own initiative."""


UNPROFILED = frozenset({Flag.RESTRICTED, Flag.OBJECTS_PROFILING})
"""With one of these a person is treated as one of whom nothing is known but who they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A statement of the person: `given` or withdrawn; `way` None means every way."""

    purpose: Purpose
    way: Way | None
    given: bool
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacted:
    """A contact that we began."""

    at: Instant
    way: Way
    purpose: Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """At most `most` contacts within `days` days; None for purpose or way means any."""

    most: int
    days: int
    purpose: Purpose | None = None
    way: Way | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """When nobody is called: minutes of the day in a zone; over midnight when `until` is less."""

    since_minute: int
    until_minute: int
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRules:
    """What the site holds itself to; a customer's own hours come before `quiet`."""

    asks_consent: frozenset[Purpose] = frozenset(
        {Purpose.MARKETING, Purpose.SURVEY, Purpose.PROFILING}
    )
    """Purposes that need a given consent; for the others it is enough that none is withdrawn."""
    quiet_since_minute: int = 20 * 60
    quiet_until_minute: int = 8 * 60
    quiet_ways: frozenset[Way] = frozenset({Way.PHONE, Way.SMS, Way.MESSENGER})
    """Ways that ring or buzz; a mail waits quietly."""
    caps: tuple[Cap, ...] = (
        Cap(most=1, days=7, purpose=Purpose.MARKETING),
        Cap(most=1, days=30, purpose=Purpose.SURVEY),
        Cap(most=2, days=7, way=Way.PHONE),
    )
