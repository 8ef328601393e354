"""A caller on a real Asterisk is asked in their language once the agent has hung up."""

from tests.channels.asterisk.floor import open_floor
from tests.channels.asterisk.telephones import AsteriskPhones
from tests.channels.asterisk.test_speech import Ear, prompts, speaking
from tests.channels.voice.asked import answers_to, asks_callers, asks_of
from tests.contracts.house import until
from warmline.channels.voice import words as w
from warmline.channels.voice.prompts import Prompts
from warmline.experience.surveys.model import Question, QuestionKind
from warmline.experience.surveys.wording import PHONE, spoken_question

__all__ = ["prompts", "speaking"]
SURVEY = """\
survey: how
name: How it was
when: after close
ways: [phone]
share: 100 %
apart: 0 d
open: 7 d
questions:
  score: {kind: csat}
  easy: {kind: ces}
"""
TONGUE = "en"


def spoken(kind: QuestionKind) -> str:
    return spoken_question(Question(id="it", kind=kind), TONGUE)


async def test_the_caller_hears_what_is_asked_and_answers_by_keys(
    tmp_path, speaking: AsteriskPhones, prompts: Prompts
):
    async def wav_of(words: str) -> bytes:
        return await prompts.wav_of(w.Sound(text=words, language=TONGUE)) or b""

    first = f"{PHONE[TONGUE]['opening']} {spoken(QuestionKind.CSAT)}"
    sounds = {"first": await wav_of(first), "second": await wav_of(spoken(QuestionKind.CES))}
    async with (
        open_floor(tmp_path / "data", speaking) as floor,
        asks_callers(floor.house, SURVEY),
    ):
        call, customer, anna = await floor.talks()
        ear = Ear(customer)
        await anna.hangs_up()
        await ear.hears({"first": sounds["first"]}, "first")
        await customer.presses("2")
        await ear.hears({"second": sounds["second"]}, "second")
        await customer.presses("7")
        await customer.over()

        async def closed() -> bool:
            [ask] = await asks_of(floor.house, call)
            return ask["state"] == "closed"

        await until("the end", closed)
        [ask] = await asks_of(floor.house, call)
        assert await answers_to(floor.house, ask) == {"score": 2.0, "easy": 7.0}
