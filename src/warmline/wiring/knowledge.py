"""The room of articles, with what it asks of conversations and of sign-in."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter

from warmline.conversations.scope import Sight
from warmline.conversations.turns import Turns
from warmline.core.words import Role, UserId
from warmline.knowledge.model import Surroundings
from warmline.knowledge.room import knowledge_routes
from warmline.wiring.foundation import Foundation

_LEADERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})


def article_routes(base: Foundation, sight: Sight) -> Sequence[APIRouter]:
    """Articles, searching and suggesting them."""
    return knowledge_routes(knowledge_around(base, sight), base.articles)


def knowledge_around(base: Foundation, sight: Sight) -> Surroundings:
    """What the room works with."""

    async def writers() -> Mapping[UserId, str]:
        users = await base.security.users.all()
        return {user.id: user.name for user in users if user.roles & _LEADERS}

    return Surroundings(
        database=base.database,
        state=base.engine,
        needs=base.guard,
        clock=base.clock,
        site=base.site,
        sight=sight,
        users=base.people.users,
        writers=writers,
        audit=base.security.audit.setting,
        turns=Turns(base.database, base.site, base.clock),
        help_url=f"{base.settings.url.rstrip('/')}/help",
    )
