"""What customers do in a chat, as commands: the same for the socket and for the HTTP door."""

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakValueDictionary

from warmline.channels import files
from warmline.channels.queue_words import with_words
from warmline.channels.webchat.chats import PART, Chat, Chats
from warmline.channels.webchat.limits import COMMENT_LIMIT_CHARS, Limits
from warmline.channels.webchat.tabs import ChatKey, Tabs
from warmline.conversations import writes
from warmline.conversations.model import Author, File, Opening, Said
from warmline.core.commands import Arrive, HangUp, MarkRead, Rate, Receive
from warmline.core.events import Rated
from warmline.core.interaction import TALKING
from warmline.core.words import (
    CHANNEL,
    CommandId,
    Instant,
    InteractionId,
    Malformed,
    Medium,
    MessageId,
    Party,
    Phase,
    Rejected,
    SiteId,
)
from warmline.ports import Answer, Blobs, Clock, Signal, Signals, State, Submit, Unavailable, Write

_CHATS = uuid.UUID("6f1f4c1e-53c6-4d5f-9a3d-0f7f3b1f5a10")
OVER = frozenset({"ended", "unknown_interaction", "wrong_phase"})
"""Refusals that say that the interaction is over, so that words begin a new one."""
WAITING = frozenset({Phase.TREATING, Phase.QUEUED, Phase.OFFERED})


class UnknownChat(Exception):
    """No chat has this token (answered 401)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uttered:
    """What became of the customer's words; `follows` when they began a new interaction."""

    message: Mapping[str, object]
    interaction: InteractionId
    follows: InteractionId | None = None
    repeated: bool = False


def client_id(text: str, field: str = "id") -> str:
    """An id that the client made, in the one form that we keep; refuses what is no UUID."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise Malformed(field, "must be a UUID", "no_uuid") from None


def derived(*parts: str) -> str:
    """An id that the same parts always give and that does not show them."""
    return str(uuid.uuid5(_CHATS, "\x1f".join(parts)))


class Deeds:
    """Customers' deeds in chats that have begun; each may be repeated and is done once."""

    def __init__(
        self,
        *,
        site: SiteId,
        chats: Chats,
        tabs: Tabs,
        limits: Limits,
        blobs: Blobs,
        state: State,
        signals: Signals,
        clock: Clock,
        submit: Submit,
    ) -> None:
        self._site = site
        self._chats = chats
        self._tabs = tabs
        self._limits = limits
        self._blobs = blobs
        self._state = state
        self._signals = signals
        self._clock = clock
        self._submit = submit
        self._turns: WeakValueDictionary[ChatKey, asyncio.Lock] = WeakValueDictionary()

    async def chat(self, key: ChatKey) -> Chat:
        """The chat, else `UnknownChat`."""
        found = await self._chats.by_key(key)
        if found is None:
            raise UnknownChat
        return found

    async def say(self, key: ChatKey, *, id_: str, text: str) -> Uttered:
        """The customer wrote; the same id again gives the first answer."""
        self._limits.message(key)
        return await self._utter(key, client_id(id_), self._limits.text(text), ())

    async def attach(
        self, key: ChatKey, *, id_: str, name: str, content: bytes, text: str = ""
    ) -> Uttered:
        """The customer sent a file: a message of its own, with words when there are some."""
        self._limits.message(key)
        id_ = client_id(id_)
        text = self._limits.text(text) if text.strip() else ""
        self._limits.size(len(content))
        name, media_type = files.take(name, content)
        file = File(
            id=derived(key, "file", id_),
            name=name,
            media_type=media_type,
            size=len(content),
            blob=await self._blobs.put(content),
            at=self._clock.now(),
        )
        return await self._utter(key, id_, text, (file,))

    async def _utter(self, key: ChatKey, id_: str, text: str, given: tuple[File, ...]) -> Uttered:
        message = MessageId(id_)
        # One after another within a chat, so that two tabs do not begin two new interactions.
        async with self._turns.setdefault(key, asyncio.Lock()):
            chat = await self.chat(key)
            if (first := await self._said_before(chat, message)) is not None:
                return first
            said = Said(
                id=message,
                interaction=chat.interaction,
                at=self._clock.now(),
                author=Author.CUSTOMER,
                text=text,
                files=given,
            )
            if self._goes_on(chat):
                try:
                    return await self._receive(chat, said)
                except Rejected as refusal:
                    if refusal.code not in OVER:
                        raise
            return await self._follow(chat, said)

    def _goes_on(self, chat: Chat) -> bool:
        interaction = self._state.center().interactions.get(chat.interaction)
        return interaction is not None and interaction.phase in WAITING | TALKING

    async def _said_before(self, chat: Chat, message: MessageId) -> Uttered | None:
        where = await self._chats.taken(message)
        if where is None:
            return None
        shown = await self._chats.message(chat, message)
        if shown is None or shown["author"] != Party.CUSTOMER:
            raise Rejected("id_taken", "this message id is in use; make a new one")
        place = chat.parts.index(where)
        began = place > 0 and shown["seq"] == place * PART + 1
        return Uttered(
            message=shown,
            interaction=where,
            follows=chat.parts[place - 1] if began else None,
            repeated=True,
        )

    async def _receive(self, chat: Chat, said: Said) -> Uttered:
        command = Receive(
            id=CommandId(said.id), by=CHANNEL, interaction=said.interaction, message=said.id
        )
        answer = await self._submit(command, *writes.received(self._site, said))
        return await self._uttered(chat, said, repeated=answer.repeated)

    async def _uttered(
        self, chat: Chat, said: Said, *, repeated: bool, follows: InteractionId | None = None
    ) -> Uttered:
        shown = await self._chats.message(chat, said.id)
        if shown is None:
            raise Rejected("id_taken", "this message id is in use; make a new one")
        return Uttered(
            message=shown, interaction=said.interaction, follows=follows, repeated=repeated
        )

    async def _follow(self, chat: Chat, said: Said) -> Uttered:
        """The talk was over: go on in a new interaction, with the agent of before if possible."""
        new = InteractionId(derived(chat.key, "follow", said.id))
        said = Said(
            id=said.id,
            interaction=new,
            at=said.at,
            author=said.author,
            text=said.text,
            files=said.files,
        )
        opening = Opening(
            interaction=new,
            medium=Medium.CHAT,
            inbox=chat.inbox,
            at=said.at,
            customer=chat.customer,
            verification=chat.verification,
            segment=chat.segment,
            language=chat.language,
            reason=chat.reason,
            follows=chat.interaction,
            token_hash=chat.key,
        )
        command = Arrive(
            # Not derived: a refusal (closed) is remembered, and later the same words may pass.
            id=CommandId(f"arrive:{uuid.uuid4()}"),
            by=CHANNEL,
            interaction=new,
            inbox=chat.inbox,
            customer=chat.customer,
            verification=chat.verification,
            segment=chat.segment,
            language=chat.language,
            reason=chat.reason,
            message=said.id,
            follows=chat.interaction,
            preferred=chat.agent,
        )
        self._tabs.expect(chat.key, new)
        answer = await arrived(
            self._state,
            self._submit,
            command,
            writes.opening(self._site, opening),
            *writes.received(self._site, said),
        )
        self._tabs.goes_on(chat.key, new)
        now = await self.chat(chat.key)
        return await self._uttered(now, said, repeated=answer.repeated, follows=chat.interaction)

    async def read(self, key: ChatKey, message: str) -> None:
        """The customer has read everything up to a message of ours."""
        chat = await self.chat(key)
        id_ = MessageId(client_text(message, "message"))
        where = await self._chats.taken(id_)
        if where is None or where not in chat.parts:
            raise Rejected("unknown_message", "there is no such message in this chat")
        await self._submit(
            MarkRead(
                id=CommandId(f"read:{id_}"),
                by=CHANNEL,
                interaction=where,
                message=id_,
                reader=Party.CUSTOMER,
            )
        )

    def typing(self, key: ChatKey, *, on: bool) -> None:
        """The customer is writing, or stopped."""
        talk = self._tabs.chat(key)
        if talk is not None:
            facts = {"party": Party.CUSTOMER.value, "on": on}
            self._signals.send(Signal(name="typing", interaction=talk.interaction, facts=facts))

    async def end(self, key: ChatKey) -> InteractionId:
        """The customer ends it; what is over already stays so."""
        chat = await self.chat(key)
        command = HangUp(
            id=CommandId(f"end:{chat.interaction}"), by=CHANNEL, interaction=chat.interaction
        )
        try:
            await self._submit(command)
        except Rejected as refusal:
            if refusal.code not in OVER:
                raise
        return chat.interaction

    async def rate(self, key: ChatKey, *, score: int, comment: str | None) -> None:
        """The customer's judgement of the present interaction, once."""
        chat = await self.chat(key)
        interaction = chat.interaction
        comment = (comment or "").strip()
        if len(comment) > COMMENT_LIMIT_CHARS:
            detail = f"is longer than {COMMENT_LIMIT_CHARS} characters"
            raise Malformed("comment", detail, "too_long", max=COMMENT_LIMIT_CHARS)
        command = Rate(
            id=CommandId(f"rate:{interaction}"), by=CHANNEL, interaction=interaction, score=score
        )
        answer = await self._submit(command, *self._comment(interaction, score, comment))
        if answer.repeated and not _says(answer.events[0].event, score):
            raise Rejected("rated", "this chat has been rated already")

    def _comment(self, interaction: InteractionId, score: int, comment: str) -> tuple[Write, ...]:
        if not comment:
            return ()
        now: Instant = self._clock.now()
        return (writes.rated(self._site, interaction, score=score, comment=comment, at=now),)


async def arrived(state: State, submit: Submit, command: Arrive, *rows: Write) -> Answer:
    """Have it arrive; one that is just arriving, sent twice, is to be asked for again.

    A refusal carries what the queue says of it in the customer's language.
    """
    try:
        return await submit(command, *rows)
    except Rejected as refusal:
        if refusal.code == "known_interaction":
            raise Unavailable(refusal.detail) from refusal
        raise with_words(state.center(), refusal, command.language) from refusal


def client_text(text: str, field: str, *, limit: int = 64) -> str:
    """A short word from outside, as it is; refuses none and a long one."""
    if not text or len(text) > limit:
        raise Malformed(
            field, f"must have 1 to {limit} characters", "wrong_length", min=1, max=limit
        )
    return text


def _says(event: object, score: int) -> bool:
    return isinstance(event, Rated) and event.score == score
