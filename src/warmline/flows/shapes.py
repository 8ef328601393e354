"""The bodies of requests, each with its limits."""

from typing import Annotated

from pydantic import Field

from warmline.flows.document import WORDS_CHARS
from warmline.written.bodies import Body, Id, Name, Text

Part = Annotated[str, Field(max_length=64)]


class NewBody(Body):
    """A flow that is not there yet."""

    id: Id
    name: Name = ""


class TextBody(Body):
    """A text, and the flow whose version it is to be."""

    text: Text
    flow: Id | None = None


class EditBody(Body):
    """A text, a place in it, and what is to stand there."""

    text: Text
    path: Annotated[list[Part], Field(min_length=1, max_length=8)]
    value: Annotated[str, Field(min_length=1, max_length=WORDS_CHARS)]


class RehearsalBody(Body):
    """A text and the script of the customers who try it."""

    text: Text
    script: Text


class PinBody(Body):
    """A PIN as the customer will key it in."""

    pin: Annotated[str, Field(pattern=r"^[0-9]{4,8}$")]
