"""How a simulated agent leads one conversation, with a simulated customer or with a human."""

import asyncio
import random
from dataclasses import dataclass, field

from warmline.core.words import MINUTE, SECOND, Medium, Millis, QueueId
from warmline.demo import behaviour, hearing, phrases, shop
from warmline.demo.desk import Desk
from warmline.demo.desk_frames import Said, View
from warmline.demo.door import Refused
from warmline.demo.pace import Pace

WAITS_MS: Millis = 150 * SECOND
"""How long an agent waits for the customer's next word before asking, and then before parting."""
LONGEST_TALK_MS: Millis = 30 * MINUTE
TURNS_LIMIT = 40


@dataclass(slots=True, kw_only=True)
class Talking:
    """One conversation in an agent's hands."""

    desk: Desk
    pace: Pace
    chance: random.Random
    view: View
    news: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the customer wrote."""
    _seen: int = 0
    _language: str = ""
    _theirs: list[str] = field(default_factory=list[str])

    async def perform(self) -> None:
        """Lead it to its end; cancelled when it ends or goes elsewhere before that."""
        match self.view.medium:
            case Medium.EMAIL:
                over = await self._answer_mail()
            case Medium.CALLBACK:
                over = await self._call()
            case _:
                over = await self._chat()
        if over:
            await self.desk.end(self.view.id)

    async def _call(self) -> bool:
        """Dial and talk; nobody here has a telephone that would ring."""
        await self.pace.sleep(behaviour.call_ms(self.chance))
        return True

    async def _answer_mail(self) -> bool:
        await self._read()
        await self.pace.sleep(behaviour.mail_handling_ms(self.chance))
        await self._perhaps_note()
        manner = phrases.MANNERS[self._language]
        greeting = await self._greeting()
        words = f"{greeting}\n\n{self._fitting()}\n\n{manner.signature}\n{self.desk.person.name}"
        await self.desk.says(self.view.id, words)
        await self.pace.sleep(self.chance.randint(2 * SECOND, 8 * SECOND))
        return True

    async def _chat(self) -> bool:
        """True when it is over, False when it went to somebody else."""
        before = await self._read()
        manner = phrases.MANNERS[self._language]
        if not any(one.agent == self.desk.person.id for one in before):
            moment = self.chance.choice(manner.one_moment)
            await self._says(f"{await self._greeting()} {moment}")
        if behaviour.transfers(self.chance) and await self._hands_on():
            return False
        answered = False
        for _ in range(TURNS_LIMIT):
            heard = await self._hears()
            if not heard or hearing.is_thanks(heard[-1]):
                break
            if answered and not _is_question(heard):
                await self._says(self.chance.choice(manner.noted))
            else:
                await self._perhaps_note()
                await self._says(self._fitting())
                answered = True
        await self._perhaps_offers()
        await self._says(self.chance.choice(manner.farewells))
        await self.pace.sleep(self.chance.randint(2 * SECOND, 12 * SECOND))
        return True

    async def _read(self) -> list[Said]:
        """Read what is new; the language is that of the customer's words."""
        found = await self.desk.said(self.view.id, after=self._seen)
        self.news.clear()
        if found:
            self._seen = found[-1].seq
        theirs = [one.text for one in found if one.author == "customer" and one.text]
        self._theirs += theirs
        known = self._language or self.view.language
        self._language = hearing.language_of(" ".join(theirs), known)
        return found

    async def _hears(self) -> list[str]:
        """The customer's next words; after a long silence one question, then nothing."""
        if not await self._waits():
            await self._says(phrases.MANNERS[self._language].anything_else)
            if not await self._waits():
                return []
        await self.pace.sleep(2 * SECOND)
        return [one.text for one in await self._read() if one.author == "customer" and one.text]

    async def _waits(self) -> bool:
        happens = asyncio.create_task(self.news.wait())
        lapses = asyncio.create_task(self.pace.sleep(WAITS_MS))
        try:
            await asyncio.wait({happens, lapses}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            happens.cancel()
            lapses.cancel()
        return self.news.is_set()

    def _fitting(self) -> str:
        """The answer to what the customer wrote, an honest delay when it is something else."""
        found = hearing.answer_to(self._language, reversed(self._theirs))
        return found or self.chance.choice(phrases.MANNERS[self._language].unknown)

    async def _greeting(self) -> str:
        name = (await self.desk.customer_name(self.view) or "").split(" ", maxsplit=1)[0]
        ours = self.desk.person.name.split(" ", maxsplit=1)[0]
        manner = phrases.MANNERS[self._language]
        words = self.chance.choice(manner.greetings).format(name=name, agent=ours)
        if name:
            return words
        for gap in (", ,", " ,", ", !"):
            words = words.replace(gap, gap[-1])
        return words

    async def _says(self, text: str) -> None:
        await self.desk.types(self.view.id, on=True)
        quality = self.desk.person.quality_pct
        await self.pace.sleep(behaviour.writing_ms(self.chance, text, quality))
        await self.desk.says(self.view.id, text)
        await self.desk.types(self.view.id, on=False)

    async def _perhaps_offers(self) -> None:
        """When it is solved: what fits is said, and the answer written down."""
        try:
            offer = await self.desk.offers(self.view.id)
            answer, reason = behaviour.answers_to_offered(self.chance)
            if offer is not None and answer is not None:
                await self.desk.tells(self.view.id, offer.id, answer, reason)
        except Refused:
            return  # the customer has left: the farewell will find that out

    async def _perhaps_note(self) -> None:
        if behaviour.leaves_note(self.chance):
            await self.desk.notes(self.view.id, phrases.MANNERS[self._language].note)

    async def _hands_on(self) -> bool:
        """Give the conversation to another queue; False when this one has no neighbour."""
        to = shop.NEIGHBOURS.get(QueueId(self.view.queue or ""))
        if to is None:
            return False
        note = phrases.MANNERS[self._language].transfer_note
        await self.desk.hands_on(self.view.id, to, note)
        return True


def _is_question(texts: list[str]) -> bool:
    return any("?" in text for text in texts)
