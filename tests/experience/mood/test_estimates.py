"""The parts of an estimate by themselves: the seed, the lexicon, training, topics, groups."""

import asyncio
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmline.bench.sentiment import GROUPS, DataMissing, measure
from warmline.demo.spoken_about import SUBJECTS
from warmline.experience.mood.encoding import Encoder
from warmline.experience.mood.estimates import About, Asked, Corrected, Knowledge, kind_of
from warmline.experience.mood.falling import has_fallen, is_low
from warmline.experience.mood.lexicon import overruled, signs
from warmline.experience.mood.model import EXAMPLES_LIMIT
from warmline.experience.mood.seeds import seed
from warmline.experience.mood.topics import NEAR, OTHER, grouped, taxonomy
from warmline.experience.mood.worker import EstimatingFailed, Worker


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


def test_the_seed_is_even_and_says_nothing_twice():
    found = seed()
    many = Counter((one.language, one.kind) for one in found)
    assert len(many) == 9
    assert min(many.values()) >= 150
    assert max(Counter((one.language, one.text) for one in found).values()) == 1
    assert len({one.fold for one in found}) == 5


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("I am going to file a complaint", "complaint"),
        ("Я буду жаловаться", "complaint"),
        ("Złożę skargę", "complaint"),
        ("My lawyer will write to you", "lawyer"),
        ("Подам на вас в суд", "lawyer"),
        ("Spotkamy się w sądzie", "lawyer"),
        ("I will report you to the ombudsman", "regulator"),
        ("Напишу в Роспотребнадзор", "regulator"),
        ("Zgłoszę to do UOKiK", "regulator"),
        ("This is bullshit", "profanity"),
        ("Вы идиоты", "profanity"),
        ("Kurwa, znowu nie działa", "profanity"),
        ("I do not recommend this shop", "blame"),
        ("Никому не посоветую", "blame"),
        ("Zdecydowanie odradzam", "blame"),
        ("Thanks!", "thanks"),
        ("Спасибо большое", "thanks"),
        ("Dziękuję bardzo", "thanks"),
    ],
)
def test_telling_words_are_found_in_three_languages(text: str, sign: str):
    assert sign in signs(text)


@pytest.mark.parametrize(
    "text",
    [
        "I don't want to file a complaint",
        "Не хочу подавать в суд",
        "The bastion is open",
        "Хлеб и суп",
    ],
)
def test_words_that_are_denied_or_only_alike_tell_nothing(text: str):
    assert not signs(text) - {"thanks"}


def test_thanks_from_somebody_upset_stay_what_the_model_heard():
    assert overruled("Thanks a lot", -0.6) is None
    assert overruled("Thanks a lot", 0.0) == pytest.approx(0.6)


async def test_a_model_learns_from_the_seed_and_is_judged_on_what_it_has_not_seen(worker: Worker):
    weights, facts = await worker.train([])
    assert facts["seed"] == len(seed())
    assert facts["macro_f1"] > 0.7
    told = await worker.tell(
        Knowledge(model=weights, examples=()),
        Asked(
            turns=(
                "You have been wonderful, thank you so much",
                "Ужасное обслуживание, больше никогда",
                "O której otwieracie jutro?",
                "",
                "Dear shop, I ordered a table in March. It is oak, two metres long. " * 4
                + "It arrived broken, nobody answers, and I am furious about your terrible service!",
            )
        ),
    )
    kinds = [kind_of(heard.mood) for heard in told.moods]
    assert kinds == [2, 0, 1, 1, 0]
    assert all(-1 <= heard.mood <= 1 for heard in told.moods)


async def test_a_correction_moves_the_mood_of_what_was_corrected(worker: Worker):
    text = "The box itself was not damaged at all"

    async def heard(corrected: list[Corrected]) -> float:
        weights, _ = await worker.train(corrected)
        knowledge = Knowledge(model=weights, examples=())
        return (await worker.tell(knowledge, Asked(turns=(text,)))).moods[0].mood

    before = await heard([])
    assert await heard([Corrected(text=text, mood=0.9)]) > before


def test_the_topics_of_the_sample_shop_know_their_own_examples(encoder: Encoder):
    assert len(SUBJECTS) == 12
    assert all(len(one.examples) <= EXAMPLES_LIMIT for one in SUBJECTS.values())
    examples = [
        About(topic=id_, text=text) for id_, one in SUBJECTS.items() for text in one.examples
    ]
    known = taxonomy(encoder, examples)
    told = known.tell(encoder, [one.text for one in examples])
    right = [one.topic == found.topic for one, found in zip(examples, told, strict=True)]
    assert sum(right) / len(right) > 0.95
    far, aside = known.tell(
        encoder,
        [
            "Who won the football match?",
            "Thanks a lot.\nWhere is order 481234? It is late.\nBye bye",
        ],
    )
    assert far.topic == OTHER
    assert aside.topic == "delivery"


def test_without_two_topics_everything_is_other(encoder: Encoder):
    alone = taxonomy(encoder, [About(topic="a", text="Where is my parcel?")])
    assert alone.tell(encoder, ["Where is my parcel?"])[0].topic == OTHER
    assert taxonomy(encoder, []).tell(encoder, []) == []
    assert 0 < NEAR < 1


def test_the_largest_group_of_what_is_alike_comes_first():
    vectors = np.vstack([np.tile([1.0, 0, 0], (4, 1)), np.tile([0, 1.0, 0], (6, 1)), [[0, 0, 1.0]]])
    assert [sorted(one) for one in grouped(vectors)] == [[4, 5, 6, 7, 8, 9], [0, 1, 2, 3]]


@given(st.lists(st.floats(-1, 1), max_size=12))
def test_a_mood_falls_exactly_when_it_becomes_low(moods: list[float]):
    falls = sum(has_fallen(moods[: upto + 1], 1) for upto in range(len(moods)))
    low = [is_low(moods[: upto + 1]) for upto in range(len(moods))]
    begun = sum(now and not before for before, now in zip([False, *low], low, strict=False))
    assert falls == begun
    assert has_fallen(moods, len(moods)) == (begun > 0)


async def test_a_process_that_cannot_do_it_says_so_without_the_text():
    worker = Worker()
    try:
        broken = Knowledge(model=b"nonsense", examples=())
        with pytest.raises(EstimatingFailed) as failed:
            await worker.tell(broken, Asked(turns=("a secret",)))
        assert "secret" not in str(failed.value)
    finally:
        await worker.stop()


async def test_a_process_that_nobody_asks_rests_and_starts_again():
    worker = Worker(rest_s=0.2)
    try:
        assert await worker.groups([]) == []
        first = worker._process
        await asyncio.to_thread(first.join, 30)
        assert not first.is_alive()
        assert await worker.groups([]) == []
        assert worker._process is not first
    finally:
        await worker.stop()


def test_the_benchmark_says_which_file_is_missing(tmp_path: Path):
    with pytest.raises(DataMissing, match="sentirueval2016_bank_ru"):
        measure(tmp_path)
    assert len(GROUPS) == 12
    assert len({intent for one in GROUPS.values() for intent in one.split()}) == 77
