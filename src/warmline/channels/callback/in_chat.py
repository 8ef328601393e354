"""The offer in a chat: a message of ours says how, and a number for an answer is a promise."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress

import structlog

from warmline.channels.callback.keeping import PlaceKeeping
from warmline.channels.callback.page_words import moment, spoken
from warmline.channels.callback.promises import Promises
from warmline.channels.webchat.deeds import derived
from warmline.channels.webchat.limits import TooMany
from warmline.conversations import queries, writes
from warmline.conversations.model import Author, Said
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.interaction import Interaction
from warmline.core.words import (
    CHANNEL,
    CommandId,
    InteractionId,
    Malformed,
    Medium,
    MessageId,
    Phase,
    Rejected,
    SiteId,
)
from warmline.ports import Busy, Clock, State, Submit, Unavailable
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors
from warmline.storage.rows import row

LOOK_EVERY_S = 5.0
_NUMBER = re.compile(r"\+?[\d\s().-]{7,24}")
_OFFER = "callback-offer"
_DONE = "callback-done"
_AGAIN = "callback-again"

log = structlog.get_logger()

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "offer": "It takes a while just now. You may keep your place and be called back: write "
        "your phone number here, with the country code. Or simply wait.",
        "done": "Noted. We call you by {by}. See, move or cancel it here: {link}",
        "again": "We cannot call this number. Please write it with the country code, "
        "for example +48 501 234 567.",
    },
    "ru": {
        "offer": "Сейчас приходится подождать. Можно сохранить место, и мы перезвоним: напишите "
        "сюда номер телефона с кодом страны. Или просто подождите.",
        "done": "Записали. Мы позвоним до {by}. Посмотреть, перенести или отменить: {link}",
        "again": "По этому номеру мы позвонить не можем. Напишите его с кодом страны, "
        "например +48 501 234 567.",
    },
    "pl": {
        "offer": "Teraz trzeba chwilę poczekać. Możesz zachować miejsce w kolejce, a my "
        "oddzwonimy: napisz tu numer telefonu z kodem kraju. Albo po prostu poczekaj.",
        "done": "Zapisane. Zadzwonimy do {by}. Zobacz, przełóż lub odwołaj: {link}",
        "again": "Pod ten numer nie możemy zadzwonić. Podaj go z kodem kraju, "
        "na przykład +48 501 234 567.",
    },
}


class ChatOffers:
    """Offers callbacks in the chats of a site, and takes the numbers."""

    def __init__(
        self,
        *,
        site: SiteId,
        database: Database,
        state: State,
        clock: Clock,
        submit: Submit,
        keeping: PlaceKeeping,
        promises: Promises,
    ) -> None:
        self._site = site
        self._database = database
        self._state = state
        self._clock = clock
        self._submit = submit
        self._keeping = keeping
        self._promises = promises
        self._offered: set[InteractionId] = set()

    async def run(self) -> None:
        """Look every few seconds, until cancelled; costs nothing where the policy offers none."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.look()
            except (Busy, Unavailable) as error:
                log.warning("offers_wait", cause=type(error).__name__)

    async def look(self) -> None:
        """Offer it to everybody who waits in a chat and is to be offered it, once."""
        center = self._state.center()
        if not center.policy.callbacks.offer_after:
            return
        waiting = [one.id for one in center.queued() if one.medium is Medium.CHAT]
        self._offered &= set(center.interactions)
        for id_ in waiting:
            if id_ not in self._offered and self._keeping.is_offered(id_):
                self._offered.add(id_)
                with suppress(Rejected):  # it was over in this moment
                    await self._say(id_, _OFFER, self._words(id_)["offer"])

    async def heard(self, event: e.MessageReceived) -> None:
        """What somebody wrote who waits: a number, after it was offered, is the answer."""
        found = self._waits(event.interaction)
        if found is None or not await self._was_offered(found.id):
            return
        text = (await self._text(event.message)).strip()
        if not _NUMBER.fullmatch(text):
            return
        words = self._words(found.id)
        try:
            plan = await self._keeping.promise(found.id, text)
        except (Malformed, TooMany):
            with suppress(Rejected):  # it was over in this moment
                await self._say(found.id, f"{_AGAIN}:{event.message}", words["again"])
            return
        except Rejected:
            return  # somebody took the chat in this moment
        language = spoken(found.language)
        by = moment(plan.promised_by, language, self._state.center().zone)
        said = words["done"].format(by=by, link=self._promises.link(plan))
        try:
            await self._say(found.id, _DONE, said)
            await self._keeping.leave(found.id)
        except Rejected:  # somebody took the chat in this moment, and sees the number in it
            log.info("callback_kept_in_chat", interaction=found.id)

    # Inside

    def _waits(self, interaction: InteractionId) -> Interaction | None:
        found = self._state.center().interactions.get(interaction)
        if found is None or found.medium is not Medium.CHAT:
            return None
        return found if found.phase in {Phase.QUEUED, Phase.OFFERED} else None

    def _words(self, interaction: InteractionId) -> Mapping[str, str]:
        found = self._state.center().interactions.get(interaction)
        return WORDS[spoken(found.language if found is not None else None)]

    async def _was_offered(self, interaction: InteractionId) -> bool:
        if interaction in self._offered:
            return True
        offer = MessageId(derived(interaction, _OFFER))
        with storage_errors():
            async with self._database.read() as connection:
                return await row(connection, queries.message_by_id(self._site, offer)) is not None

    async def _text(self, message: MessageId) -> str:
        with storage_errors():
            async with self._database.read() as connection:
                found = await row(connection, queries.message_by_id(self._site, message))
        return str(found["text"] or "") if found is not None else ""

    async def _say(self, interaction: InteractionId, mark: str, text: str) -> None:
        message = MessageId(derived(interaction, mark))
        said = Said(
            id=message,
            interaction=interaction,
            at=self._clock.now(),
            author=Author.SYSTEM,
            text=text,
        )
        command = c.Send(
            id=CommandId(f"offer:{message}"), by=CHANNEL, interaction=interaction, message=message
        )
        await self._submit(command, *writes.sent(self._site, said))
