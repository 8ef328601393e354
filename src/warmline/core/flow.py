"""How a customer goes through a flow: pure, and the same for telephone, chat and letters.

`begin` and `advance` say where the customer stands now and what is to be done for them; whoever
carries it out answers with what came of it. A place is small and plain, so that a restart goes on
where it was: `again` says what to do there.
"""

from collections.abc import Mapping

from warmline.core import calendar
from warmline.core import flow_steps as s
from warmline.core.flow_acts import (
    Act,
    Acts,
    Answered,
    Ask,
    Awaits,
    Calendars,
    Fetch,
    Finish,
    Found,
    Input,
    NotFound,
    Option,
    Passed,
    Place,
    Silent,
    Tell,
)
from warmline.core.flow_steps import Words
from warmline.core.words import Instant

VALUE_CHARS = 200
"""The longest value that a step or an answer from outside may leave in an attribute."""
ATTRIBUTES_LIMIT = 50
YES, NO = "1", "2"


def begin(
    flow: s.Flow,
    now: Instant,
    calendars: Calendars,
    *,
    attributes: Mapping[str, str] | None = None,
) -> tuple[Place, Acts]:
    """Where a customer stands at first, who comes with these attributes."""
    place = Place(step=flow.start, awaits=Awaits.NOTHING, attributes=dict(attributes or {}))
    return _Walk(flow, place, now, calendars).to(flow.start)


def advance(
    flow: s.Flow, place: Place, given: Input, now: Instant, calendars: Calendars
) -> tuple[Place, Acts]:
    """Where the customer stands after an input; one that nobody waits for changes nothing."""
    if place.is_over:
        return place, ()
    step = flow.steps.get(place.step)
    walk = _Walk(flow, place, now, calendars)
    if step is None:  # the text is another than the one that the place was kept of
        return walk.to(flow.fallback)
    fetched = isinstance(given, Found | NotFound)
    if fetched != (place.awaits is Awaits.FETCH):
        return place, ()
    return walk.takes(step, given)


def again(flow: s.Flow, place: Place, now: Instant, calendars: Calendars) -> tuple[Place, Acts]:
    """What is to be done at a place that was kept, after a restart: asked or fetched once more."""
    if place.is_over:
        return place, ()
    step = flow.steps.get(place.step)
    walk = _Walk(flow, place, now, calendars)
    if step is None:
        return walk.to(flow.fallback)
    if place.awaits is Awaits.CONFIRMATION and isinstance(step, s.Collect):
        return walk.confirm(step, place.held)
    return walk.ask(place.step, step, tries=place.tries)


class _Walk:
    """One stretch of the way: from an input to the next wait, or to the end."""

    def __init__(self, flow: s.Flow, place: Place, now: Instant, calendars: Calendars) -> None:
        self._flow = flow
        self._place = place
        self._now = now
        self._calendars = calendars
        self._made = place.made
        self._attributes = dict(place.attributes)
        self._acts: list[Act] = []

    # Steps one after another

    def to(self, target: str) -> tuple[Place, Acts]:
        """On to a step, and further until somebody has to answer."""
        at = target
        while True:
            step = self._flow.steps.get(at)
            if self._made >= self._flow.bound and not isinstance(step, s.End):
                at, step = self._flow.fallback, self._flow.steps.get(self._flow.fallback)
                if not isinstance(step, s.End):
                    return self._end(at, s.HangUp())
            self._made += 1
            if step is None:
                return self._end(at, s.HangUp())
            if isinstance(step, s.End):
                return self._end(at, step)
            way = self._passes(at, step)
            if way is None:
                return self.ask(at, step)
            at = self._on(at, step, way)

    def _passes(self, at: str, step: s.Step) -> str | None:
        """Which way a step leads that needs nobody; None for one that waits."""
        match step:
            case s.Say():
                self._tell(at, step.words, step.recordings)
                return "next"
            case s.Hours():
                hours = self._calendars.get(step.calendar)
                return "open" if hours is None or calendar.is_open(hours, self._now) else "closed"
            case s.Assign():
                for name, value in step.values.items():
                    self._keep(name, filled(value, self._attributes))
                return "next"
            case s.Choose():
                way = f"= {self._attributes.get(step.attribute, '')}"
                return way if way in step.ways else "otherwise"
            case s.Mention():
                text = self._attributes.get(step.attribute, "").casefold()
                return next(
                    (f"~ {name}" for name, (words, _) in step.cases.items()
                     if any(one.casefold() in text for one in words)),
                    "otherwise",
                )  # fmt: skip
            case _:
                return None

    def _on(self, at: str, step: s.Step, way: str) -> str:
        target = step.ways[way]
        self._acts.append(Passed(step=at, way=way, to=target))
        return target

    def _leave(self, step: s.Step, way: str) -> tuple[Place, Acts]:
        return self.to(self._on(self._place.step, step, way))

    def _end(self, at: str, end: s.End) -> tuple[Place, Acts]:
        self._tell(at, end.words)
        self._acts.append(Finish(step=at, end=end, attributes=dict(self._attributes)))
        return self._stand(at, Awaits.NOTHING)

    # Steps that wait

    def takes(self, step: s.Step, given: Input) -> tuple[Place, Acts]:
        """What an input does at the step that waits for it."""
        match step:
            case s.Menu():
                found = self.menu(step, given)
            case s.Collect():
                found = self.collect(step, given)
            case s.Callback():
                found = self.callback(step, given)
            case s.Identify():
                found = self.identify(step, given)
            case s.Lookup():
                found = self.looked_up(step, given)
            case _:
                found = self.to(self._flow.fallback)
        return found

    def ask(self, at: str, step: s.Step, *, tries: int = 0) -> tuple[Place, Acts]:
        """Ask, or fetch, what the step needs."""
        match step:
            case s.Menu():
                labels = {key: one.label for key, one in step.choices.items()}
                self._ask(at, step, step.words, labels=labels)
            case s.Collect():
                self._ask(at, step, step.words, most=step.most)
            case s.Callback():
                self._ask(at, step, step.words, labels={YES: step.yes, NO: step.no})
            case s.Identify(by=s.By.PIN):
                self._ask(at, step, step.words, most=8, secret=True)
            case s.Identify():
                self._acts.append(Fetch(step=at, of="number"))
                return self._stand(at, Awaits.FETCH)
            case s.Lookup():
                of, url = ("http", self._address(step.url)) if step.url else ("customer", "")
                self._acts.append(Fetch(step=at, of=of, url=url, wait_ms=step.wait_ms,
                                        fields=tuple(step.into)))  # fmt: skip
                return self._stand(at, Awaits.FETCH)
            case _:
                return self.to(self._flow.fallback)
        return self._stand(at, Awaits.ANSWER, tries=tries)

    def menu(self, step: s.Menu, given: Input) -> tuple[Place, Acts]:
        """A choice, or another try."""
        labels = {key: one.label for key, one in step.choices.items()}
        key = chosen(labels, given.text) if isinstance(given, Answered) else None
        return self._once_more(step) if key is None else self._leave(step, key)

    def collect(self, step: s.Collect, given: Input) -> tuple[Place, Acts]:
        """Digits, then whether they are right, where that is asked."""
        text = given.text if isinstance(given, Answered) else ""
        if self._place.awaits is Awaits.CONFIRMATION:
            if text.strip() != YES:
                return self._once_more(step)
            return self._collected(step, self._place.held)
        digits = digits_of(text)
        if not step.least <= len(digits) <= step.most:
            return self._once_more(step)
        return self.confirm(step, digits) if step.confirm else self._collected(step, digits)

    def confirm(self, step: s.Collect, digits: str) -> tuple[Place, Acts]:
        """Read the digits back, one by one, and ask."""
        given = {**self._attributes, step.into: " ".join(digits)}
        words, language = spoken(step.confirm, self._place.language)
        self._acts.append(
            Ask(step=self._place.step, words=filled(words, given), language=language,
                wait_ms=step.wait_ms, options=(Option(key=YES, label=""), Option(key=NO, label="")),
                personal=True, again=True)
        )  # fmt: skip
        return self._stand(
            self._place.step, Awaits.CONFIRMATION, tries=self._place.tries, held=digits
        )

    def _collected(self, step: s.Collect, digits: str) -> tuple[Place, Acts]:
        self._keep(step.into, digits)
        return self._leave(step, "next")

    def callback(self, step: s.Callback, given: Input) -> tuple[Place, Acts]:
        """Yes, no, or another try; silence means no, and so does a callback that nobody noted."""
        if isinstance(given, Found):
            return self._leave(step, "accepted")
        if isinstance(given, Silent | NotFound):
            return self._leave(step, "otherwise")
        key = chosen({YES: step.yes, NO: step.no}, given.text)
        if key is None:
            return self._once_more(step)
        if key == NO:
            return self._leave(step, "otherwise")
        self._acts.append(Fetch(step=self._place.step, of="callback", queue=step.queue))
        return self._stand(self._place.step, Awaits.FETCH, tries=self._place.tries)

    def identify(self, step: s.Identify, given: Input) -> tuple[Place, Acts]:
        """Known or not; a PIN may be tried again."""
        match given:
            case Found(values=values):
                self._take(values)
                return self._leave(step, "known")
            case Answered(text=text) if digits_of(text):
                self._acts.append(Fetch(step=self._place.step, of="pin", pin=digits_of(text)[:16]))
                return self._stand(self._place.step, Awaits.FETCH, tries=self._place.tries)
            case NotFound() if step.by is s.By.NUMBER:
                return self._leave(step, "unknown")
            case _:
                return self._once_more(step)

    def looked_up(self, step: s.Lookup, given: Input) -> tuple[Place, Acts]:
        """What came back stands in attributes from now on."""
        if not isinstance(given, Found):
            return self._leave(step, "otherwise")
        self._take({attribute: given.values[name] for name, attribute in step.into.items()
                    if name in given.values})  # fmt: skip
        return self._leave(step, "next")

    def _once_more(self, step: s.Asking) -> tuple[Place, Acts]:
        """Say sorry and ask again, as often as the step allows; then its other way."""
        tries = self._place.tries + 1
        if tries > step.retries:
            return self._leave(step, "unknown" if isinstance(step, s.Identify) else "otherwise")
        self._tell(self._place.step, step.sorry)
        return self.ask(self._place.step, step, tries=tries)

    # What is said and kept

    def _tell(self, at: str, words: Words, recordings: Words | None = None) -> None:
        if not words and not recordings:
            return
        text, language = spoken(words, self._language())
        recording, said_in = spoken(recordings or {}, self._language())
        self._acts.append(
            Tell(step=at, words=filled(text, self._attributes), recording=recording or None,
                 language=said_in if recording else language, personal="{" in text)
        )  # fmt: skip

    def _ask(
        self,
        at: str,
        step: s.Asking,
        words: Words,
        *,
        labels: Mapping[str, Words] | None = None,
        most: int = 1,
        secret: bool = False,
    ) -> None:
        text, language = spoken(words, self._language())
        options = tuple(
            Option(key=key, label=spoken(label, self._language())[0])
            for key, label in (labels or {}).items()
        )
        self._acts.append(
            Ask(step=at, words=filled(text, self._attributes), language=language, options=options,
                wait_ms=step.wait_ms, most=most, secret=secret, personal="{" in text)
        )  # fmt: skip

    def _stand(
        self, at: str, awaits: Awaits, *, tries: int = 0, held: str = ""
    ) -> tuple[Place, Acts]:
        place = Place(step=at, awaits=awaits, made=self._made, tries=tries, held=held,
                      attributes=self._attributes)  # fmt: skip
        return place, tuple(self._acts)

    def _language(self) -> str:
        return self._attributes.get(s.LANGUAGE, "en")

    def _take(self, values: Mapping[str, str]) -> None:
        for name, value in values.items():
            self._keep(name, value)

    def _keep(self, name: str, value: str) -> None:
        if name in self._attributes or len(self._attributes) < ATTRIBUTES_LIMIT:
            self._attributes[name] = value[:VALUE_CHARS]

    def _address(self, url: str) -> str:
        """The address with attributes in it; only what can change no other part of it."""
        safe = {name: _quoted(value) for name, value in self._attributes.items()}
        return filled(url, safe)


def _quoted(value: str) -> str:
    return "".join(
        chr(byte) if chr(byte).isalnum() and byte < 128 else f"%{byte:02X}"  # noqa: PLR2004 - ASCII
        for byte in value.encode()
    )


def spoken(words: Words, language: str) -> tuple[str, str]:
    """Words in a language, else in English, else in any, with the language that they are in.

    >>> spoken({"en": "Hello", "pl": "Dzień dobry"}, "pl")
    ('Dzień dobry', 'pl')
    """
    for one in (language, "en", *words):
        if one in words:
            return words[one], one
    return "", language


def filled(text: str, attributes: Mapping[str, str]) -> str:
    """A text with the values of attributes in it; a name that is not known leaves nothing.

    >>> filled("Order {order}.", {"order": "17"})
    'Order 17.'
    """
    parts: list[str] = []
    rest = text
    while rest:
        before, brace, after = rest.partition("{")
        name, closing, behind = after.partition("}")
        if not (brace and closing):
            parts.append(rest)
            break
        parts += [before, attributes.get(name.strip(), "")]
        rest = behind
    return "".join(parts)


def chosen(menu: Mapping[str, Words], text: str) -> str | None:
    """The key that an answer means: the key itself, or its words in any language."""
    given = " ".join(text.split()).casefold().rstrip(".)")
    if given in menu:
        return given
    for key, label in menu.items():
        if given and any(given == one.casefold() for one in label.values()):
            return key
    return None


def digits_of(text: str) -> str:
    """The digits of an answer; empty when it holds anything else than them and their spacing.

    >>> digits_of(" 12-34 56#"), digits_of("order 5")
    ('123456', '')
    """
    bare = "".join(sign for sign in text.strip().rstrip("#") if sign not in " -.")
    return bare if bare.isascii() and bare.isdigit() else ""
