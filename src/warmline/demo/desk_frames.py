"""What a simulated agent reads of the live socket and of the API: only the fields that matter."""

import msgspec

from warmline.core.words import Medium, Phase, Presence


class Offer(msgspec.Struct):
    """A live offer."""

    id: str
    agent: str


class View(msgspec.Struct):
    """An interaction on the agent's desk."""

    id: str
    medium: Medium
    phase: Phase
    queue: str | None = None
    language: str | None = None
    agent: str | None = None
    offer: Offer | None = None


class Own(msgspec.Struct):
    """The agent's own line of the snapshot."""

    presence: Presence
    reason: str | None = None


class State(msgspec.Struct):
    """The snapshot's state."""

    agents: dict[str, Own]
    interactions: dict[str, View]


class Event(msgspec.Struct):
    """Any event; which fields it has depends on its name."""

    name: str
    interaction: str = ""
    agent: str | None = None
    offer: str | None = None
    presence: Presence | None = None
    reason: str | None = None


class _Frame(msgspec.Struct):
    type: str
    state: msgspec.Raw = msgspec.Raw(b"null")
    event: msgspec.Raw = msgspec.Raw(b"null")
    interaction: msgspec.Raw = msgspec.Raw(b"null")


_FRAME = msgspec.json.Decoder(_Frame)
_STATE = msgspec.json.Decoder(State)
_EVENT = msgspec.json.Decoder(Event)
_VIEW = msgspec.json.Decoder(View)
_ID = msgspec.json.Decoder(str)


class Left(msgspec.Struct):
    """An interaction went off the desk."""

    id: str


def read(raw: str | bytes) -> State | View | Event | Left | None:
    """What a frame brings; None for what an agent has no use for."""
    frame = _FRAME.decode(raw)
    match frame.type:
        case "snapshot":
            return _STATE.decode(frame.state)
        case "enter":
            return _VIEW.decode(frame.interaction)
        case "event":
            return _EVENT.decode(frame.event)
        case "leave":
            return Left(id=_ID.decode(frame.interaction))
        case _:
            return None


class Head(msgspec.Struct):
    """The head of a conversation."""

    customer_name: str | None = None


class Said(msgspec.Struct):
    """A message of a conversation."""

    seq: int
    author: str
    text: str | None = None
    agent: str | None = None


class Offered(msgspec.Struct):
    """What may be offered in a conversation."""

    id: str


class Offering(msgspec.Struct):
    """Whether something may."""

    offer: Offered | None


class Talk(msgspec.Struct):
    """Messages of a conversation."""

    messages: list[Said]
