"""Who can sign in: users with roles, their sessions, and the answers to a sign-in that fails."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from warmline.core.words import Actor, AgentId, Instant, QueueId, Role, Scope, TeamId, UserId

LOGIN_LIMIT = 64
NAME_LIMIT = 120
EMAIL_LIMIT = 254


class Locale(StrEnum):
    """A language of the screens."""

    EN = "en"
    RU = "ru"
    PL = "pl"


class Theme(StrEnum):
    """Light, dark, or whatever the user's system says."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class PersonRole(StrEnum):
    """The roles that a user can be given; the others belong to the center's own parts."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who can sign in; `agent` is who they are on the floor, if they are there."""

    id: UserId
    name: str
    login: str
    roles: frozenset[Role]
    email: str | None = None
    agent: AgentId | None = None
    locale: Locale = Locale.EN
    theme: Theme = Theme.SYSTEM
    active: bool = True
    teams: frozenset[TeamId] = frozenset()
    queues: frozenset[QueueId] = frozenset()
    """Whose talks a supervisor supervises; without any team and queue everybody's."""

    @property
    def actor(self) -> Actor:
        """The user as the giver of commands."""
        return Actor(user=self.id, agent=self.agent, roles=self.roles, scope=self.scope)

    @property
    def scope(self) -> Scope | None:
        """What a supervisor is limited to; who administers the center as well is not."""
        named = self.teams or self.queues
        if not named or Role.ADMINISTRATOR in self.roles:
            return None
        return Scope(teams=self.teams, queues=self.queues)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser in which a user is signed in; `id` is the hash of its token."""

    id: str
    user: User
    created_at: Instant
    seen_at: Instant
    expires_at: Instant


class WrongCredentials(Exception):
    """Login or password do not match; which of the two is not said."""


class SignedOut(Exception):
    """There is no session, or it has ended."""


class TooManyTries(Exception):
    """Too many failed sign-ins; the next try is welcome after `retry_after_s` seconds."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many tries, again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


def tidy_login(text: str) -> str:
    """A login as it is kept and compared: one spelling for upper and lower case and for accents.

    >>> tidy_login(" Anna.Kowalska ")
    'anna.kowalska'
    """
    return unicodedata.normalize("NFKC", text).strip().casefold()
