"""The bodies of requests, each with its limits."""

from typing import Annotated

from pydantic import BaseModel, Field

from warmline.experience.surveys.model import State, Via
from warmline.experience.surveys.page import Theme
from warmline.experience.surveys.tables import PAGE_LIMIT
from warmline.written.bodies import Body, Id, Name, Text


class Wanted(BaseModel):
    """Which asks are looked for; what is left out lets all through."""

    survey: Id | None = None
    queue: Id | None = None
    agent: Id | None = None
    interaction: Annotated[str | None, Field(max_length=128)] = None
    state: State | None = None
    via: Via | None = None
    before: Annotated[str | None, Field(max_length=160)] = None
    limit: Annotated[int, Field(ge=1, le=PAGE_LIMIT)] = 50

    def equal(self) -> dict[str, str]:
        """What a row must be equal in."""
        names = ("survey", "queue", "agent", "interaction", "state", "via")
        found = {name: getattr(self, name) for name in names}
        return {name: str(value) for name, value in found.items() if value is not None}


class NewBody(Body):
    """A survey that is not there yet."""

    id: Id
    name: Name = ""


class TextBody(Body):
    """A text, and the survey whose version it is to be."""

    text: Text
    survey: Id | None = None


class PreviewBody(Body):
    """A text as a customer would see it."""

    text: Text
    language: Annotated[str, Field(max_length=16)] = "en"
    theme: Theme = Theme.AUTO
