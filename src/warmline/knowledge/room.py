"""The room of articles put together: its routes, and what follows from its tables."""

from collections.abc import Sequence

from fastapi import APIRouter

from warmline.knowledge.import_routes import import_routes
from warmline.knowledge.model import Surroundings
from warmline.knowledge.routes import article_routes
from warmline.knowledge.search import Articles
from warmline.knowledge.suggestions import suggestion_routes
from warmline.knowledge.usage import Usage


def knowledge_routes(around: Surroundings, articles: Articles) -> Sequence[APIRouter]:
    """All routes of the room under `/api/v1`; `help_door` has an address of its own."""
    usage = Usage(around, articles)
    return (
        article_routes(around, articles, usage),
        suggestion_routes(around, articles, usage),
        import_routes(around, articles),
    )
