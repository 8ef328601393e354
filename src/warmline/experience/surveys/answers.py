"""Answers of customers: read from a form, kept, changed until the ask closes, told to others."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

import structlog
from sqlalchemy import insert

from warmline.core.commands import Rate
from warmline.core.words import (
    CHANNEL,
    CommandId,
    Instant,
    Malformed,
    Rejected,
    SiteId,
)
from warmline.experience.surveys import tables
from warmline.experience.surveys.asking import read_ask, token_hash
from warmline.experience.surveys.model import (
    SCALES,
    WORDS_LIMIT_CHARS,
    AnswersRefused,
    Ask,
    AskId,
    Feeling,
    Given,
    Listener,
    Question,
    QuestionKind,
    State,
    Survey,
)
from warmline.experience.surveys.tables import survey_answer
from warmline.experience.surveys.versions import Versions
from warmline.ports import Clock, Submit
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors
from warmline.storage.rows import Row, row, rows

log = structlog.get_logger()

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
TOLD_AT_ONCE = 100
FIRST_RETRY_S, LONGEST_RETRY_S = 0.5, 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An ask as its token opens it: what is asked, and what was answered before."""

    ask: Ask
    survey: Survey
    given: Mapping[str, Given]

    @property
    def values(self) -> Mapping[str, float]:
        """The numbers among the answers."""
        return values_of(self.given)


def values_of(given: Mapping[str, Given]) -> dict[str, float]:
    """The numbers among answers, by question."""
    return {id_: one.value for id_, one in given.items() if one.value is not None}


def read_form(survey: Survey, form: Mapping[str, str]) -> dict[str, Given]:
    """The answers in a form, by question; what is left out or empty was not answered.

    Only answers to questions that are asked of somebody who answers so are taken.
    """
    found = {one.id: given for one in survey.questions if (given := _read(one, form.get(one.id)))}
    shown = {one.id for one in survey.shown(values_of(found))}
    return {id_: one for id_, one in found.items() if id_ in shown}


def _read(question: Question, text: str | None) -> Given | None:
    text = _CONTROLS.sub("", (text or "").replace("\r\n", "\n")).strip()
    if not text:
        return None
    given = Given(question=question.id, kind=question.kind, feeling=question.feeling)
    if question.kind is QuestionKind.TEXT:
        if len(text) > WORDS_LIMIT_CHARS:
            raise AnswersRefused("too_long", question.id)
        return replace(given, words=text)
    if question.kind is QuestionKind.CHOICE:
        options = list(question.options)
        if text not in options:
            raise AnswersRefused("not_understood", question.id)
        return replace(given, value=float(options.index(text) + 1))
    fits = text.isascii() and text.isdigit() and len(text) <= 2  # noqa: PLR2004 - 10 is the largest
    if not fits or int(text) not in SCALES[question.kind]:
        raise AnswersRefused("not_understood", question.id)
    return replace(given, value=float(text))


class Answers:
    """Keeps answers, and tells those who listen once they are durable."""

    def __init__(
        self,
        *,
        database: Database,
        site: SiteId,
        clock: Clock,
        versions: Versions,
    ) -> None:
        self._database = database
        self._site = site
        self._clock = clock
        self._versions = versions
        self._listeners: list[Listener] = []
        self._news = asyncio.Event()
        self._changed: set[AskId] = set()

    def listen(self, listener: Listener) -> None:
        """Tell this one too of answers, at least once and after they are durable."""
        self._listeners.append(listener)

    async def opened(self, token: str) -> Opened | None:
        """What a token opens; None for anything that is no token of ours."""
        if not _TOKEN.fullmatch(token):
            return None
        with storage_errors():
            async with self._database.read() as connection:
                query = tables.ask_by_token(self._site, token_hash(token))
                found = await row(connection, query)
                if found is None:
                    return None
                answers = await rows(connection, tables.answers_of(self._site, [found["id"]]))
        ask = read_ask(found)
        survey = await self._versions.numbered(ask.survey, ask.version)
        return Opened(
            ask=ask, survey=survey, given={one["question"]: read_given(one) for one in answers}
        )

    async def looked_at(self, ask: Ask) -> None:
        """The customer has the questions before them; the first time counts."""
        if ask.opened_at is not None:
            return
        with storage_errors():
            async with self._database.write() as connection:
                change = {"opened_at": self._clock.now()}
                await connection.execute(tables.change_ask(self._site, ask.id, change))

    async def keep(self, ask: AskId, given: Mapping[str, Given]) -> None:
        """These are the answers from now on; refused when nothing is answered or it is over."""
        if not given:
            raise AnswersRefused("empty")
        now = self._clock.now()
        with storage_errors():
            async with self._database.write() as connection:
                found = await row(connection, tables.one_ask(self._site, ask))
                if found is None or not read_ask(found).takes_answers(now):
                    raise AnswersRefused("over")
                before = await rows(connection, tables.answers_of(self._site, [ask]))
                since = {read_given(one): one["at"] for one in before}
                await connection.execute(tables.forget_answers(self._site, ask))
                kept = [self._row(ask, one, since.get(one, now)) for one in given.values()]
                await connection.execute(insert(survey_answer), kept)
                change: dict[str, object] = {
                    "state": State.ANSWERED.value,
                    "opened_at": found["opened_at"] or now,
                    "answered_at": found["answered_at"] or now,
                    "told_at": None,
                }
                await connection.execute(tables.change_ask(self._site, ask, change))
                self._changed.add(ask)
        self._news.set()

    def _row(self, ask: AskId, given: Given, at: Instant) -> dict[str, object]:
        return {
            "site": self._site,
            "ask": ask,
            "question": given.question,
            "kind": given.kind.value,
            "feeling": given.feeling.value if given.feeling else None,
            "value": given.value,
            "words": given.words,
            "at": at,
        }

    # Telling

    async def run(self) -> None:
        """Tell those who listen of new answers, until cancelled; after a crash once more."""
        pause_s = FIRST_RETRY_S
        while True:
            self._news.clear()
            try:
                with storage_errors():
                    if await self.tell():
                        continue
            except Exception as error:
                # Whatever the reason, somebody has not been told yet: say so and try again.
                log.warning("answers_not_told", retry_s=pause_s, exc_info=error)
                await asyncio.sleep(pause_s)
                pause_s = min(LONGEST_RETRY_S, 2 * pause_s)
                continue
            pause_s = FIRST_RETRY_S
            await self._news.wait()

    async def tell(self) -> bool:
        """Tell of the answers that nobody was told of; whether there may be more."""
        async with self._database.read() as connection:
            query = tables.untold(self._site, limit=TOLD_AT_ONCE)
            found = [AskId(one) for one in await connection.scalars(query)]
        for ask in found:
            self._changed.discard(ask)
            for listener in self._listeners:
                await listener(ask)
            if ask not in self._changed:  # what was kept meanwhile is told anew
                async with self._database.write() as connection:
                    told = {"told_at": self._clock.now()}
                    await connection.execute(tables.change_ask(self._site, ask, told))
        return len(found) == TOLD_AT_ONCE


def read_given(found: Row) -> Given:
    """An answer from its row."""
    return Given(
        question=found["question"],
        kind=QuestionKind(found["kind"]),
        feeling=Feeling(found["feeling"]) if found["feeling"] else None,
        value=found["value"],
        words=found["words"],
    )


class Rating:
    """The first satisfaction that a customer answers is also the rating of the talk."""

    def __init__(self, database: Database, site: SiteId, submit: Submit) -> None:
        self._database = database
        self._site = site
        self._submit = submit

    async def __call__(self, ask: AskId) -> None:
        """Rate the talk; one that was rated before, or is long over, stays as it is."""
        async with self._database.read() as connection:
            found = await row(connection, tables.one_ask(self._site, ask))
            answers = await rows(connection, tables.answers_of(self._site, [ask]))
        csat = QuestionKind.CSAT.value
        score = next((one["value"] for one in answers if one["kind"] == csat), None)
        if found is None or score is None:
            return
        interaction = found["interaction"]
        command = Rate(
            id=CommandId(f"rate:{interaction}"),
            by=CHANNEL,
            interaction=interaction,
            score=int(score),
        )
        with suppress(Rejected, Malformed):
            await self._submit(command)
