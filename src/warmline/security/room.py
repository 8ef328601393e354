"""The pieces of this room put together: what its routes work with, and what the web guards with."""

from dataclasses import dataclass

from warmline.config import Settings
from warmline.core.words import HOUR, SiteId
from warmline.ports import Clock, State, Submit
from warmline.security.api_keys import ApiKeys
from warmline.security.audit import Audit
from warmline.security.passwords import Passwords
from warmline.security.sessions import Sessions
from warmline.security.sign_in import SignIn
from warmline.security.users import Users
from warmline.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """Sign-in, sessions, users and audit of one site."""

    settings: Settings
    clock: Clock
    state: State
    sessions: Sessions
    users: Users
    sign_in: SignIn
    audit: Audit
    keys: ApiKeys

    async def first_admin_link(self) -> str | None:
        """The link for the first administrator while there is no user; an older one is void."""
        token = await self.sign_in.first_admin_token()
        return None if token is None else f"{self.settings.url}/welcome?token={token}"


def open_security(
    settings: Settings,
    *,
    database: Database,
    clock: Clock,
    submit: Submit,
    state: State,
    passwords: Passwords | None = None,
) -> Security:
    """Sign-in, users and audit over a database and a running center."""
    site = SiteId(settings.site)
    passwords = passwords or Passwords()
    audit = Audit(database, site, clock)
    sessions = Sessions(database, site, clock, longest_ms=settings.session_hours * HOUR)
    users = Users(
        database=database,
        site=site,
        clock=clock,
        submit=submit,
        state=state,
        passwords=passwords,
        sessions=sessions,
        audit=audit,
    )
    sign_in = SignIn(
        database=database,
        site=site,
        clock=clock,
        passwords=passwords,
        sessions=sessions,
        users=users,
        audit=audit,
    )
    return Security(
        settings=settings,
        clock=clock,
        state=state,
        sessions=sessions,
        users=users,
        sign_in=sign_in,
        audit=audit,
        keys=ApiKeys(database, site, clock, audit),
    )
