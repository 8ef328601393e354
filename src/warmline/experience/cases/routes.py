"""The HTTP door to cases, gestures, wow moments, and what they are ruled by."""

from fastapi import APIRouter

from warmline.experience.cases.case_routes import add_case_routes
from warmline.experience.cases.gesture_routes import (
    add_day_routes,
    add_gesture_routes,
    add_wow_routes,
)
from warmline.experience.cases.model import Room
from warmline.experience.cases.opening import Opening
from warmline.experience.cases.setting_routes import add_setting_routes


def routes(*, room: Room, opening: Opening) -> APIRouter:
    """The routes of this room, under `/api/v1`."""
    router = APIRouter(tags=["cases"])
    add_case_routes(router, room, opening)
    add_gesture_routes(router, room)
    add_wow_routes(router, room)
    add_day_routes(router, room)
    add_setting_routes(router, room)
    return router
