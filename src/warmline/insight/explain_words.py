"""The sentences in which a decision is told, in English, Russian and Polish, and how they count."""

from collections.abc import Mapping
from dataclasses import dataclass

from warmline.core.words import HOUR, MINUTE, SECOND, Millis

LOCALES = ("en", "ru", "pl")
_NO_BREAK = "\u00a0"
_UNITS: Mapping[str, tuple[str, str, str]] = {
    "en": ("h", "min", "s"),
    "ru": ("ч", "мин", "с"),
    "pl": ("godz.", "min", "s"),
}
_TENTHS_BELOW: Millis = 10 * SECOND


def span(ms: float, locale: str) -> str:
    """A length of time in words; short ones to a tenth of a second.

    >>> span(134_000, "ru").replace(chr(160), " ")
    '2 мин 14 с'
    >>> span(400, "en").replace(chr(160), " ")
    '0.4 s'
    """
    hours, minutes, seconds = _UNITS[locale]
    if 0 < ms < _TENTHS_BELOW and ms % SECOND:
        shown = f"{max(0.1, ms / SECOND):.1f}"
        return f"{shown if locale == 'en' else shown.replace('.', ',')}{_NO_BREAK}{seconds}"
    whole = round(ms / SECOND) * SECOND
    parts = [
        (whole // HOUR, hours),
        (whole % HOUR // MINUTE, minutes),
        (whole % MINUTE // SECOND, seconds),
    ]
    told = [f"{n}{_NO_BREAK}{unit}" for n, unit in parts if n]
    return _NO_BREAK.join(told) or f"0{_NO_BREAK}{seconds}"


def plural(n: int, locale: str) -> int:
    """Which form of a counted word goes with `n`: 0 one, 1 few (or other), 2 many."""
    if locale == "en":
        return 0 if n == 1 else 1
    few = n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14)
    one = n == 1 if locale == "pl" else n % 10 == 1 and n % 100 != 11  # noqa: PLR2004 - grammar
    return 0 if one else 1 if few else 2


@dataclass(frozen=True, slots=True)
class Count:
    """A number in a sentence: `{n}` shows it alone, `{n:person|people}` with the right word.

    >>> "{n:wait # does|wait # do}".format(n=Count(2, "en")).replace(chr(160), " ")
    'wait 2 do'
    """

    n: int
    locale: str

    def __str__(self) -> str:
        return str(self.n)

    def __format__(self, forms: str) -> str:
        if not forms:
            return str(self.n)
        form = forms.split("|")[plural(self.n, self.locale)]
        number = str(self.n)
        return form.replace("#", number) if "#" in form else f"{number}{_NO_BREAK}{form}"


def say(locale: str, key: str, **facts: object) -> str:
    """A sentence with its facts; whole numbers are counted."""
    told = {
        name: Count(fact, locale) if isinstance(fact, int) else fact for name, fact in facts.items()
    }
    return WORDS[locale][key].format(**told)


EN: Mapping[str, str] = {
    "only": "{agent}, because nobody else could take it.",
    "match": "{agent}, because the match is the best of {n} who could take it: "
    "that outweighs {idle} more without work ({other}).",
    "match_plain": "{agent}, because the match is the best of {n} who could take it.",
    "idle": "{agent}, because of {n} who could take it nobody had been free longer: {idle}.",
    "load": "{agent}, because less is in hand here than with {other}.",
    "price": "{agent}, because {other} will probably be needed more elsewhere.",
    "affinity": "{agent}, because this is the group that the customer named.",
    "taken_over": "{agent}, who took it over from a colleague.",
    "preferred": "{agent}, because this person is asked first, before all others.",
    "preferred_last": "{agent}, because the customer’s last conversation was with the same person.",
    "preferred_owner": "{agent}, because this is the customer’s own contact.",
    "preferred_chosen": "{agent}, because the customer asked for it.",
    "preferred_transfer": "{agent}, because a colleague handed it on by name.",
    "freed": "{agent}, because there was room here, and this customer was next of {n}.",
    "freed_alone": "{agent}, because there was room here, and nobody else waited.",
    "fallback": "{agent}, because the matcher had failed: who came first is served first, "
    "by whoever has been free longest ({idle}).",
    "least-recent": "{agent}, because the last conversation ended longest ago here, "
    "of {n} who could take it.",
    "round-robin": "{agent}, because it was this person’s turn, of {n} who could take it.",
    "fewest": "{agent}, because the fewest conversations were had here since signing in, "
    "of {n} who could take it.",
    "random": "{agent}, by lot from {n} who could take it.",
    "best-agent": "{agent}, because the results are the best of {n} who could take it.",
    "considered": "{n:person|people} could take it, {others} could not.",
    "not_skill": "{n:lacked|lacked} a skill that is needed",
    "not_not_available": "{n:was|were} not available",
    "not_being_offered": "{n:was|were} being offered something else",
    "not_full": "{n:had|had} no room for one more",
    "not_declined": "{n:had|had} declined it before",
    "not_not_named": "{n:was|were} not asked for by name",
    "not_not_preferred": "{n:was|were} not the person who is waited for",
    "score": "{agent}: {terms}; together {score}.",
    "score_behind": "{agent}: {terms}; together {score}, behind by {gap}.",
    "term_idle": "free for {idle}",
    "term_match": "match +{ms}",
    "term_mismatch": "match −{ms}",
    "term_match_poor": "match −{ms}",
    "term_handicap": "work in hand −{ms}",
    "term_price": "needed elsewhere −{ms}",
    "term_affinity": "same group +{ms}",
    "worth": "Between the worst match and the best lie {worth}: slider {slider} × weight {value}.",
    "worth_plain": "Between the worst match and the best lie {worth}.",
    "waited_not": "The customer did not wait.",
    "waited": "The customer had waited {waited} in this line.",
    "head_start": "{segment} counts as having come {ms} earlier.",
    "head_start_plain": "The customer counts as having come {ms} earlier.",
    "stake": "At stake: {stake}. That counts as {ms} more of waiting.",
    "deferred": "A callback, deferred: nobody who waits was kept waiting for it. In {ms} it would "
    "have gone before all others.",
    "escalated": "A callback whose promised time draws near: it goes before those who wait.",
    "stake_plain": "What is at stake counts as {ms} more of waiting.",
    "line": "{n:customer|customers} waited for this person in all.",
    "rival": "The next one was behind by {first}.",
    "rivals": "The next ones were behind by {first} and {second}.",
    "ring": "Asked in ring {ring}, where more people may.",
    "policy": "Policy version {version}, rule “{rule}”.",
    "mode": "The mode “{mode}” was on.",
    "arm_a": "Two policies were being compared; the one in force decided.",
    "arm_b": "Two policies were being compared; the one on trial decided.",
    "flip_idle": "{name} free {by} longer: {then}, not {now}",
    "flip_score_less": "{name}: {trait} {then} or less, not {now}",
    "flip_score_more": "{name}: {trait} {then} or more, not {now}",
    "flip_slider_less": "Slider at {then} or less, nearer to fair, not {now}",
    "flip_slider_none": "Slider all the way at fair, not at {now}",
    "flip_slider_more": "Slider at {then} or more, nearer to best match, not {now}",
    "flip_skill": "{name} with “{skill}” at level {then}, not {now}",
    "flip_skill_new": "{name} with “{skill}” at level {then}",
    "flip_wait": "The next in line {by} earlier",
    "to_rival": "the next in line",
    "no_flips": "No single small change would have had another outcome.",
    "never_offered": "It was never offered to anybody, or there is no such interaction.",
    "not_tried": "Too long ago to be tried again; from the record alone.",
}

RU: Mapping[str, str] = {
    "only": "{agent}, потому что больше никто не мог взять это обращение.",
    "match": "{agent}, потому что здесь лучшее соответствие из {n}, кто мог взять обращение: "
    "это важнее, чем лишние {idle} без работы ({other}).",
    "match_plain": "{agent}, потому что здесь лучшее соответствие из {n}, кто мог взять обращение.",
    "idle": "{agent}, потому что из {n}, кто мог взять обращение, здесь дольше всех "
    "не было работы: {idle}.",
    "load": "{agent}, потому что здесь в работе меньше ({other}: больше).",
    "price": "{agent}, потому что в другом месте скоро понадобится {other}.",
    "affinity": "{agent}, потому что это группа, которую назвал клиент.",
    "taken_over": "{agent}: разговор принят у коллеги.",
    "preferred": "{agent}, потому что этого человека спрашивают раньше всех.",
    "preferred_last": "{agent}, потому что и прошлый разговор с клиентом вёл этот человек.",
    "preferred_owner": "{agent}, потому что это постоянный контакт клиента.",
    "preferred_chosen": "{agent}, потому что так попросил клиент.",
    "preferred_transfer": "{agent}, потому что коллеги передали обращение лично.",
    "freed": "{agent}, потому что здесь освободилось место, а клиент был следующим из {n}.",
    "freed_alone": "{agent}, потому что здесь освободилось место, а больше никто не ждал.",
    "fallback": "{agent}, потому что выбор отказал: первым отвечают тому, кто пришёл первым, "
    "а берёт тот, кто дольше всех без работы ({idle}).",
    "least-recent": "{agent}, потому что из {n}, кто мог взять обращение, здесь раньше всех "
    "закончился последний разговор.",
    "round-robin": "{agent}, потому что подошла очередь этого человека из {n}, "
    "кто мог взять обращение.",
    "fewest": "{agent}, потому что из {n}, кто мог взять обращение, здесь меньше всего "
    "разговоров за смену.",
    "random": "{agent}, по жребию из {n}, кто мог взять обращение.",
    "best-agent": "{agent}, потому что здесь лучшие результаты из {n}, кто мог взять обращение.",
    "considered": "Взять обращение {n:мог # человек|могли # человека|могли # человек}, "
    "не могли: {others}.",
    "not_skill": "{n:человеку|людям|людям} не хватало нужного навыка",
    "not_not_available": "{n:человек был|человека были|человек были} не на линии",
    "not_being_offered": "{n:человеку|людям|людям} предлагали другое обращение",
    "not_full": "у {n:человека|человек|человек} не было места ещё для одного",
    "not_declined": "{n:человек отклонил|человека отклонили|человек отклонили} его раньше",
    "not_not_named": "{n:человека|человек|человек} не назвали по имени",
    "not_not_preferred": "{n:человек был не тем|человека были не теми|человек были не теми}, "
    "кого ждали",
    "score": "{agent}: {terms}; вместе {score}.",
    "score_behind": "{agent}: {terms}; вместе {score}, отставание {gap}.",
    "term_idle": "без работы {idle}",
    "term_match": "соответствие +{ms}",
    "term_mismatch": "соответствие −{ms}",
    "term_match_poor": "соответствие −{ms}",
    "term_handicap": "уже в работе −{ms}",
    "term_price": "нужны в другом месте −{ms}",
    "term_affinity": "та же группа +{ms}",
    "worth": "От худшего соответствия до лучшего {worth}: ползунок {slider} × вес {value}.",
    "worth_plain": "От худшего соответствия до лучшего {worth}.",
    "waited_not": "Клиент не ждал.",
    "waited": "Клиент ждал в этой очереди {waited}.",
    "head_start": "{segment}: считается, что клиент пришёл на {ms} раньше.",
    "head_start_plain": "Считается, что клиент пришёл на {ms} раньше.",
    "stake": "На кону: {stake}. Это добавляет {ms} к ожиданию.",
    "deferred": "Отложенный обратный звонок: никому из ожидающих не пришлось ждать дольше. "
    "Через {ms} он прошёл бы раньше всех.",
    "escalated": "Обещанное время обратного звонка подходит: он идёт раньше тех, кто ждёт.",
    "stake_plain": "То, что на кону, добавляет {ms} к ожиданию.",
    "line": "Этого человека {n:ждал # клиент|ждали # клиента|ждали # клиентов}.",
    "rival": "Следующий отстал на {first}.",
    "rivals": "Следующие отстали на {first} и на {second}.",
    "ring": "Спросили в кольце {ring}, где подходит больше людей.",
    "policy": "Версия правил {version}, правило «{rule}».",
    "mode": "Действовал режим «{mode}».",
    "arm_a": "Сравнивались две версии правил; решила действующая.",
    "arm_b": "Сравнивались две версии правил; решила пробная.",
    "flip_idle": "{name}: без работы на {by} дольше, {then} вместо {now}",
    "flip_score_less": "{name}: {trait} {then} или меньше вместо {now}",
    "flip_score_more": "{name}: {trait} {then} или больше вместо {now}",
    "flip_slider_less": "Ползунок на {then} или меньше, ближе к «поровну», вместо {now}",
    "flip_slider_none": "Ползунок до конца на «поровну», а не на {now}",
    "flip_slider_more": "Ползунок на {then} или больше, ближе к «лучшему», вместо {now}",
    "flip_skill": "{name}: навык «{skill}» на уровне {then} вместо {now}",
    "flip_skill_new": "{name}: навык «{skill}» на уровне {then}",
    "flip_wait": "Следующий в очереди пришёл бы на {by} раньше",
    "to_rival": "следующий в очереди",
    "no_flips": "Никакое одно небольшое изменение не дало бы другого решения.",
    "never_offered": "Обращение никому не предлагали, или его нет.",
    "not_tried": "Слишком давно, чтобы решить заново; только по записи.",
}

PL: Mapping[str, str] = {
    "only": "{agent}, bo nikt inny nie mógł tego przyjąć.",
    "match": "{agent}, bo tu dopasowanie jest najlepsze spośród {n} osób, które mogły przyjąć: "
    "to ważniejsze niż {idle} dłużej bez pracy ({other}).",
    "match_plain": "{agent}, bo tu dopasowanie jest najlepsze spośród {n} osób, "
    "które mogły przyjąć.",
    "idle": "{agent}, bo spośród {n} osób, które mogły przyjąć, tu najdłużej "
    "nie było pracy: {idle}.",
    "load": "{agent}, bo tu w toku jest mniej ({other}: więcej).",
    "price": "{agent}, bo gdzie indziej niedługo będzie potrzebna inna osoba ({other}).",
    "affinity": "{agent}, bo to grupa, którą wskazał klient.",
    "taken_over": "{agent}, przejmując rozmowę od współpracownika.",
    "preferred": "{agent}, bo ta osoba jest pytana przed wszystkimi.",
    "preferred_last": "{agent}, bo ostatnią rozmowę z klientem prowadziła ta sama osoba.",
    "preferred_owner": "{agent}, bo to stały kontakt klienta.",
    "preferred_chosen": "{agent}, bo tak poprosił klient.",
    "preferred_transfer": "{agent}, bo ktoś z zespołu przekazał to imiennie.",
    "freed": "{agent}, bo zwolniło się tu miejsce, a klient był następny spośród {n}.",
    "freed_alone": "{agent}, bo zwolniło się tu miejsce i nikt inny nie czekał.",
    "fallback": "{agent}, bo dobieranie zawiodło: pierwszy jest obsługiwany ten, kto pierwszy "
    "przyszedł, a przyjmuje osoba najdłużej bez pracy ({idle}).",
    "least-recent": "{agent}, bo spośród {n} osób, które mogły przyjąć, tu ostatnia rozmowa "
    "skończyła się najdawniej.",
    "round-robin": "{agent}, bo przyszła kolej tej osoby spośród {n}, które mogły przyjąć.",
    "fewest": "{agent}, bo spośród {n} osób, które mogły przyjąć, tu od zalogowania "
    "rozmów było najmniej.",
    "random": "{agent}, losem spośród {n} osób, które mogły przyjąć.",
    "best-agent": "{agent}, bo tu wyniki są najlepsze spośród {n} osób, które mogły przyjąć.",
    "considered": "Mogło przyjąć: {n:osoba|osoby|osób}, nie mogło: {others}.",
    "not_skill": "{n:osobie brakowało|osobom brakowało|osobom brakowało} potrzebnej umiejętności",
    "not_not_available": "{n:osoba nie była|osoby nie były|osób nie było} na linii",
    "not_being_offered": "{n:osobie proponowano|osobom proponowano|osobom proponowano} co innego",
    "not_full": "{n:osoba nie miała|osoby nie miały|osób nie miało} miejsca na jeszcze jedno",
    "not_declined": "{n:osoba odrzuciła|osoby odrzuciły|osób odrzuciło} to wcześniej",
    "not_not_named": "{n:osoby|osób|osób} nie wskazano imiennie",
    "not_not_preferred": "{n:osoba nie była tą|osoby nie były tą|osób nie było tą}, "
    "na którą czekano",
    "score": "{agent}: {terms}; razem {score}.",
    "score_behind": "{agent}: {terms}; razem {score}, strata {gap}.",
    "term_idle": "bez pracy {idle}",
    "term_match": "dopasowanie +{ms}",
    "term_mismatch": "dopasowanie −{ms}",
    "term_match_poor": "dopasowanie −{ms}",
    "term_handicap": "praca w toku −{ms}",
    "term_price": "potrzeba gdzie indziej −{ms}",
    "term_affinity": "ta sama grupa +{ms}",
    "worth": "Od najgorszego dopasowania do najlepszego jest {worth}: "
    "suwak {slider} × waga {value}.",
    "worth_plain": "Od najgorszego dopasowania do najlepszego jest {worth}.",
    "waited_not": "Klient nie czekał.",
    "waited": "Klient czekał w tej kolejce {waited}.",
    "head_start": "{segment}: liczy się, jakby klient przyszedł {ms} wcześniej.",
    "head_start_plain": "Liczy się, jakby klient przyszedł {ms} wcześniej.",
    "stake": "Stawka: {stake}. Liczy się to jako {ms} dłuższego czekania.",
    "deferred": "Oddzwonienie odłożone: nikt z czekających nie czekał przez nie dłużej. "
    "Za {ms} poszłoby przed wszystkimi.",
    "escalated": "Obiecany czas oddzwonienia się zbliża: idzie przed tymi, którzy czekają.",
    "stake_plain": "To, co jest stawką, liczy się jako {ms} dłuższego czekania.",
    "line": "Na tę osobę {n:czekał # klient|czekali # klienci|czekało # klientów}.",
    "rival": "Następny miał stratę {first}.",
    "rivals": "Następni mieli stratę {first} i {second}.",
    "ring": "Zapytano w kręgu {ring}, w którym może więcej osób.",
    "policy": "Wersja zasad {version}, reguła „{rule}”.",
    "mode": "Obowiązywał tryb „{mode}”.",
    "arm_a": "Porównywano dwie wersje zasad; zdecydowała obowiązująca.",
    "arm_b": "Porównywano dwie wersje zasad; zdecydowała próbna.",
    "flip_idle": "{name}: bez pracy o {by} dłużej, {then} zamiast {now}",
    "flip_score_less": "{name}: {trait} {then} lub mniej zamiast {now}",
    "flip_score_more": "{name}: {trait} {then} lub więcej zamiast {now}",
    "flip_slider_less": "Suwak na {then} lub mniej, bliżej „po równo”, zamiast {now}",
    "flip_slider_none": "Suwak do końca na „po równo”, nie na {now}",
    "flip_slider_more": "Suwak na {then} lub więcej, bliżej „najlepszego”, zamiast {now}",
    "flip_skill": "{name}: umiejętność „{skill}” na poziomie {then} zamiast {now}",
    "flip_skill_new": "{name}: umiejętność „{skill}” na poziomie {then}",
    "flip_wait": "Następny w kolejce przyszedłby o {by} wcześniej",
    "to_rival": "następny w kolejce",
    "no_flips": "Żadna pojedyncza mała zmiana nie dałaby innej decyzji.",
    "never_offered": "Nikomu tego nie zaproponowano albo nie ma takiej sprawy.",
    "not_tried": "Zbyt dawno, by rozstrzygnąć ponownie; tylko na podstawie zapisu.",
}

WORDS: Mapping[str, Mapping[str, str]] = {"en": EN, "ru": RU, "pl": PL}

NAMED: Mapping[str, Mapping[str, str]] = {
    "en": {
        "quality": "quality",
        "productivity": "productivity",
        "sales": "sales",
        "interpersonal": "interpersonal",
        "warmline": "value × quality, tempered by free time",
        "longest-idle": "free longest",
        "least-recent": "last conversation longest ago",
        "round-robin": "in turn",
        "fewest": "fewest conversations",
        "random": "by lot",
        "strict-priority": "strict priority",
        "dedicated-group": "dedicated group",
        "best-agent": "best results",
    },
    "ru": {
        "quality": "качество",
        "productivity": "производительность",
        "sales": "продажи",
        "interpersonal": "общение",
        "warmline": "ценность × качество с учётом простоя",
        "longest-idle": "дольше всех без работы",
        "least-recent": "давнее всех последний разговор",
        "round-robin": "по очереди",
        "fewest": "меньше всего разговоров",
        "random": "по жребию",
        "strict-priority": "строгий приоритет",
        "dedicated-group": "выделенная группа",
        "best-agent": "лучшие результаты",
    },
    "pl": {
        "quality": "jakość",
        "productivity": "wydajność",
        "sales": "sprzedaż",
        "interpersonal": "kontakt z ludźmi",
        "warmline": "wartość × jakość, z uwzględnieniem bezczynności",
        "longest-idle": "najdłużej bez pracy",
        "least-recent": "najdawniejsza ostatnia rozmowa",
        "round-robin": "po kolei",
        "fewest": "najmniej rozmów",
        "random": "losem",
        "strict-priority": "ścisły priorytet",
        "dedicated-group": "wydzielona grupa",
        "best-agent": "najlepsze wyniki",
    },
}
"""What scores and rules are called."""
