"""What the sample shop's customers answer when they are asked how it was."""

import random
from collections.abc import Mapping, Sequence

FEELINGS = ("glad", "understood", "best_answer", "again")
_WRITES = 0.35
_SAID: Mapping[str, Mapping[str, Sequence[str]]] = {
    "en": {
        "good": (
            "Quick, kind and to the point.",
            "I was taken seriously, thank you.",
            "Best answer I have had in years.",
        ),
        "fair": ("It took a while, but it worked.", "All right, only a little slow."),
        "poor": (
            "I waited far too long for a simple answer.",
            "I had to explain everything twice.",
            "Nobody told me when the lamp will come.",
        ),
    },
    "ru": {
        "good": (
            "Быстро, вежливо и по делу.",
            "Меня выслушали, спасибо.",
            "Давно так хорошо не помогали.",
        ),
        "fair": ("Пришлось подождать, но помогли.", "Нормально, только немного медленно."),
        "poor": (
            "Слишком долго ждал простого ответа.",
            "Пришлось объяснять всё два раза.",
            "Никто не сказал, когда привезут лампу.",
        ),
    },
    "pl": {
        "good": (
            "Szybko, miło i na temat.",
            "Ktoś mnie naprawdę wysłuchał, dziękuję.",
            "Dawno nikt tak dobrze mi nie pomógł.",
        ),
        "fair": ("Trochę to trwało, ale się udało.", "W porządku, tylko dość wolno."),
        "poor": (
            "Za długo trzeba było czekać na prostą odpowiedź.",
            "Wszystko trzeba było tłumaczyć dwa razy.",
            "Nikt nie powiedział, kiedy przyjdzie lampa.",
        ),
    },
}
_GOOD, _POOR = 5, 2


def answers(chance: random.Random, *, score: int, language: str) -> dict[str, str]:
    """The usual survey as somebody fills it in who is as satisfied as `score` says, 1 to 5."""
    form = {"score": str(score)}
    for name in FEELINGS:
        # Most leave no feeling out, and feel about as satisfied as they are.
        if chance.random() < 0.9:  # noqa: PLR2004 - see above
            form[name] = str(max(1, min(5, round(score + chance.gauss(0, 0.7)))))
    if chance.random() < _WRITES:
        form["why"] = said(chance, score=score, language=language)
    return form


def said(chance: random.Random, *, score: int, language: str) -> str:
    """What somebody writes about it, in their language."""
    mood = "good" if score >= _GOOD else "poor" if score <= _POOR else "fair"
    return chance.choice(_SAID.get(language, _SAID["en"])[mood])
