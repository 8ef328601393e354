"""Which routes a request may be for is read off the first word of its address: no others are asked.

The framework holds a request against one route after the other, some hundreds of them, and for one
of the last that takes as long as to answer it.
"""

from fastapi import APIRouter
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

API = "/api/v1"
_WORD = "warmline.first_word"


def put_up(included: BaseRoute, routes: APIRouter, prefix: str = "") -> None:
    """From now on `included`, which is `routes` under a prefix, is asked about its own words only.

    It is asked about everything, as before, where not each of its addresses begins with a word.
    """
    words = {first_word(prefix + getattr(route, "path", "")) for route in routes.routes}
    if any(not word or word.startswith("{") for word in words):
        return
    ask = included.matches

    def matches(scope: Scope) -> tuple[Match, Scope]:
        word = scope.get(_WORD)
        if word is None:
            word = scope[_WORD] = first_word(scope["path"])
        return ask(scope) if word in words else (Match.NONE, {})

    included.matches = matches


def first_word(address: str) -> str:
    """What an address names first, within the API or beside it; "" for the start page."""
    return address.removeprefix(API).removeprefix("/").partition("/")[0]
