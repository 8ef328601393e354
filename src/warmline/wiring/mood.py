"""Mood and topics: what they read of conversations, and what their routes ask."""

from fastapi import APIRouter

from warmline.config import Settings
from warmline.conversations.scope import Sight
from warmline.conversations.words import CustomerTexts
from warmline.core.words import SiteId
from warmline.experience.mood.model import Doors, Place
from warmline.experience.mood.room import Moods
from warmline.experience.mood.routes import routes
from warmline.experience.mood.worker import Worker
from warmline.ports import Clock, Guard, Signals, State
from warmline.security.audit import Audit
from warmline.storage.database import Database


def open_moods(
    settings: Settings,
    *,
    database: Database,
    site: SiteId,
    clock: Clock,
    state: State,
    signals: Signals,
) -> Moods:
    """The estimates; their process starts with the first message."""
    place = Place(
        database=database,
        site=site,
        clock=clock,
        state=state,
        words=CustomerTexts(database, site),
        signals=signals,
    )
    return Moods(place, Worker(), on=settings.mood)


def mood_routes(moods: Moods, *, needs: Guard, sight: Sight, audit: Audit) -> APIRouter:
    """The routes of mood and topics."""
    doors = Doors(needs=needs, sight=sight, setting=audit.setting, deed=audit.row)
    return routes(place=moods.place, doors=doors, moods=moods)
