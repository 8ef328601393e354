"""Invents customer records with the truth of who is who: a fifth are duplicates, and they are messy.

What it models. People of three languages live alone or in households that share surname, address,
often a phone, now and then an e-mail address; fathers and sons may share the whole name, siblings
the day of birth. Surnames and first names are as uneven as real ones, so namesakes abound; some
phones belong to an office or to somebody before. A duplicate is the same person met through
another door: name in other letters, short form, swapped order, typo, initial, new surname after a
wedding; e-mail changed, mistyped or missing, phone the same, the family's, new or missing, both
new for one in twenty; addresses written in another way, left out, or old after a move. Some have
a signed login; few have two by mistake, which nobody may join.
"""

import random
from dataclasses import dataclass, field, replace

from tests.customers.matching import messy_names as n

LANGUAGES = ("ru", "pl", "en")
DUPLICATES = 0.2
"""The share of records that are somebody's second, third or fourth."""
KEYS_NEAR = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")


@dataclass(frozen=True, slots=True)
class Messy:
    """One customer record; `person` is the truth."""

    id: str
    person: int
    language: str
    name: str | None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    login: str | None = None
    """Signed, so it is verified."""
    external: str | None = None
    address: str | None = None
    postcode: str | None = None
    born: str | None = None


@dataclass(slots=True)
class _Person:
    number: int
    language: str
    woman: bool
    first: str
    last: tuple[str, str]
    middle: str | None
    born: str
    mobile: str
    family_phone: str | None
    email: str
    street: str
    house: str
    postcode: str
    address_before: tuple[str, str, str]
    family_email: str | None = None
    maiden: str | None = None
    logins: list[str] = field(default_factory=list)

    @property
    def surname(self) -> str:
        return self.last[1] if self.woman else self.last[0]


def messy_people(records: int, *, seed: int) -> list[Messy]:
    """So many records in random order; the same seed makes the same."""
    draw = random.Random(seed)
    town = _Town(draw)
    people: list[_Person] = []
    while len(people) < round(records * (1 - DUPLICATES)):
        people += town.household(len(people))
    people = people[: round(records * (1 - DUPLICATES))]
    _share_oddly(draw, people)
    made = [_first_record(draw, one) for one in people]
    while len(made) < records:
        # Who came by two doors may come by a third: now and then the same person again.
        person = people[min(int(draw.random() ** 1.15 * len(people)), len(people) - 1)]
        made.append(_again(draw, person))
    draw.shuffle(made)
    return [replace(one, id=f"p{place:06}") for place, one in enumerate(made)]


class _Town:
    """Draws households."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._last = {"ru": n.ru_last(), "pl": n.pl_last(), "en": n.en_last()}
        for one in self._last.values():
            draw.shuffle(one)
        self._taken: set[str] = set()

    def household(self, start: int) -> list[_Person]:
        draw = self._draw
        language = draw.choices(LANGUAGES, (4, 4, 2))[0]
        size = draw.choices((1, 2, 3, 4), (60, 22, 11, 7))[0]
        last = self._zipf(self._last[language], 0.35)
        place, before = self._place(language), self._place(language)
        family_phone = self._phone(language) if size > 1 and draw.random() < 0.6 else None
        family_mail = None
        found: list[_Person] = []
        for member in range(size):
            woman = member == 1 if member < 2 else draw.random() < 0.5
            if size == 1:
                woman = draw.random() < 0.5
            first = self._first(language, woman=woman, taken=[one.first for one in found])
            if not woman and member >= 2 and draw.random() < 0.08:
                first = found[0].first if not found[0].woman else first
            own = (
                last
                if size == 1 or draw.random() < 0.88
                else self._zipf(self._last[language], 0.35)
            )
            year = draw.randint(1940, 1985) if member < 2 else draw.randint(1975, 2006)
            born = f"{year}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
            if member == 3 and draw.random() < 0.1:
                born = found[2].born  # twins
            person = _Person(
                number=start + member, language=language, woman=woman, first=first, last=own,
                middle=self._middle(language, woman=woman), born=born,
                mobile=self._phone(language), family_phone=family_phone, email="",
                street=place[0], house=place[1], postcode=place[2], address_before=before,
            )  # fmt: skip
            person.email = self._email(person)
            if woman and draw.random() < 0.06:
                person.maiden = self._zipf(self._last[language], 0.35)[1]
            found.append(person)
        if size > 1 and draw.random() < 0.15:
            family_mail = self._email(found[0]).replace("@", f".family{draw.randint(1, 999)}@")
        for one in found:
            one.family_email = family_mail
            if draw.random() < 0.25:
                one.logins.append(f"u{one.number}")
        return found

    def _zipf(self, names: list[tuple[str, str]], power: float) -> tuple[str, str]:
        # The k-th name has about k**-power of the weight.
        place = self._draw.random() ** (1 / (1 - power)) * len(names)
        return names[min(int(place), len(names) - 1)]

    def _first(self, language: str, *, woman: bool, taken: list[str]) -> str:
        names = {
            ("ru", True): n.RU_WOMEN, ("ru", False): n.RU_MEN, ("pl", True): n.PL_WOMEN,
            ("pl", False): n.PL_MEN, ("en", True): n.EN_WOMEN, ("en", False): n.EN_MEN,
        }[language, woman]  # fmt: skip
        name = names[0]
        for _ in range(8):
            name = names[min(int(self._draw.random() ** 1.8 * len(names)), len(names) - 1)]
            if name not in taken:
                break
        return name

    def _middle(self, language: str, *, woman: bool) -> str | None:
        if language != "ru":
            return None
        father = self._draw.choice(n.RU_MEN[:20])
        if father.endswith(("й", "ь")):
            return father[:-1] + ("евна" if woman else "евич")
        if father.endswith("а"):
            return father[:-1] + ("ична" if woman else "ич")
        return father + ("овна" if woman else "ович")

    def _phone(self, language: str) -> str:
        draw = self._draw
        match language:
            case "ru":
                return f"+79{draw.randint(0, 999_999_999):09}"
            case "pl":
                return f"+48{draw.choice('5678')}{draw.randint(0, 99_999_999):08}"
            case _:
                return f"+447{draw.randint(0, 999_999_999):09}"

    def _email(self, person: _Person) -> str:
        """An address that nobody has: a provider gives each away once."""
        while (made := new_email(self._draw, person)) in self._taken:
            pass
        self._taken.add(made)
        return made

    def _place(self, language: str) -> tuple[str, str, str]:
        draw = self._draw
        house = str(draw.randint(1, 120))
        if draw.random() < 0.6:
            house += f"/{draw.randint(1, 180)}"
        match language:
            case "ru":
                code = str(draw.randint(101_000, 101_400) + 1000 * draw.randint(0, 300))
            case "pl":
                code = f"{draw.randint(0, 99):02}-{draw.randint(100, 400):03}"
            case _:
                code = f"{draw.choice('ABCDEGLMNS')}{draw.randint(1, 30)} {draw.randint(1, 9)}{draw.choice('ABDE')}{draw.choice('ABDEFGH')}"
        return draw.choice(n.STREETS[language]), house, code


def new_email(draw: random.Random, person: _Person) -> str:
    """An address somebody makes up for themselves."""
    first = ascii_name(person.first, "loose")
    last = ascii_name(person.surname, draw.choice(("loose", "older")))
    local = draw.choices(
        (
            f"{first}.{last}", f"{first[0]}{last}", f"{last}{person.born[2:4]}",
            f"{first}{draw.randint(1, 9999)}", f"{last}.{first}{draw.randint(1, 99)}",
            f"{draw.choice(('sun', 'cat', 'wolf', 'star', 'biker', 'kot', 'zima'))}{draw.randint(1, 99999)}",
        ),
        (25, 15, 15, 20, 15, 10),
    )[0]  # fmt: skip
    if draw.random() < 0.6:
        local += str(draw.randint(1, 999))
    return f"{local}@{draw.choice(n.PROVIDERS[person.language])}"


def _share_oddly(draw: random.Random, people: list[_Person]) -> None:
    """Some give the phone of their office; some have a number that was somebody else's."""
    for _ in range(len(people) // 1000):
        office = f"+4822{draw.randint(0, 9_999_999):07}"
        for one in draw.sample(people, min(len(people), draw.randint(3, 25))):
            one.mobile = office
    for one in draw.sample(people, len(people) // 200):
        one.mobile = draw.choice(people).mobile


def _first_record(draw: random.Random, person: _Person) -> Messy:
    """How somebody is known who came by the front door: mostly tidy."""
    name = person.surname if draw.random() < 0.01 else f"{person.first} {person.surname}"
    if person.middle and draw.random() < 0.3:
        name = f"{person.surname} {person.first} {person.middle}"
    phones = [person.mobile] if draw.random() < 0.93 else []
    if person.family_phone and draw.random() < 0.4:
        phones.append(person.family_phone)
    emails = [person.email] if draw.random() < 0.93 else []
    if person.family_email and draw.random() < 0.4:
        emails.append(person.family_email)
    if not phones and not emails:
        phones = [person.mobile]
    where = draw.random() < 0.7
    return Messy(
        id="", person=person.number, language=person.language, name=name,
        emails=tuple(emails), phones=tuple(phones),
        login=person.logins[0] if person.logins else None,
        external=f"C{draw.randint(0, 10**9)}" if draw.random() < 0.5 else None,
        address=f"{person.street} {person.house}" if where else None,
        postcode=person.postcode if where else None,
        born=person.born if draw.random() < 0.5 else None,
    )  # fmt: skip


def _again(draw: random.Random, person: _Person) -> Messy:
    """The same person by another door."""
    emails = _emails_again(draw, person)
    phones = _phones_again(draw, person)
    kept = person.email in emails or {person.mobile, person.family_phone} & set(phones)
    if not kept and draw.random() < 0.7:
        # Few change number and address at once: mostly the other one stays.
        if draw.random() < 0.6:
            phones = (person.mobile,)
        else:
            emails = (person.email,)
    address, postcode = _place_again(draw, person)
    login = None
    if draw.random() < 0.02:
        login = f"u{person.number}b{draw.randint(1, 999)}"  # a second account, by mistake
    born = person.born if draw.random() < 0.45 else None
    if born and draw.random() < 0.05:
        born = f"{born[:5]}{born[8:]}-{born[5:7]}" if born[8:] <= "12" else f"{born[:8]}01"
    return Messy(
        id="", person=person.number, language=person.language, name=_name_again(draw, person),
        emails=emails, phones=phones, login=login,
        external=f"X{draw.randint(0, 10**9)}" if draw.random() < 0.3 else None,
        address=address, postcode=postcode, born=born,
    )  # fmt: skip


def _emails_again(draw: random.Random, person: _Person) -> tuple[str, ...]:
    fate = draw.random()
    if fate < 0.52:
        return (person.email,)
    if fate < 0.56:
        local, _, domain = person.email.partition("@")
        return (f"{typo(draw, local)}@{domain}",)
    if fate < 0.60 and person.family_email:
        return (person.family_email,)
    if fate < 0.82:
        return (new_email(draw, person),)
    return ()


def _phones_again(draw: random.Random, person: _Person) -> tuple[str, ...]:
    fate = draw.random()
    if fate < 0.64:
        return (person.mobile,)
    if fate < 0.76:
        return (person.family_phone or person.mobile,)
    if fate < 0.86:
        return (f"{person.mobile[:-7]}{draw.randint(0, 9_999_999):07}",)
    return ()


def _place_again(draw: random.Random, person: _Person) -> tuple[str | None, str | None]:
    fate = draw.random()
    if fate < 0.4:
        return None, None
    street, house, code = person.street, person.house, person.postcode
    if fate < 0.47:
        street, house, code = person.address_before
    flat = draw.choice(("/", " / ", " m. " if person.language == "pl" else " кв. "))
    shown = f"{street} {house.replace('/', flat)}"
    if person.language == "ru" and draw.random() < 0.5:
        shown = f"ул. {shown}"
    if person.language == "pl" and draw.random() < 0.5:
        shown = f"ul. {shown}"
    if person.language == "en":
        shown = f"{house} {street} {draw.choice(('Street', 'St', 'St.', ''))}".strip()
    if draw.random() < 0.1:
        shown = typo(draw, shown)
    return shown, code if draw.random() < 0.8 else None


def _name_again(draw: random.Random, person: _Person) -> str | None:
    if draw.random() < 0.03:
        return None
    first, last = person.first, person.surname
    if person.maiden and draw.random() < 0.5:
        last = person.maiden
    if first in n.SHORT and draw.random() < 0.22:
        first = draw.choice(n.SHORT[first])
    if draw.random() < 0.10:
        first = typo(draw, first)
    if draw.random() < 0.10:
        last = typo(draw, last)
    first, last = _in_other_letters(draw, person.language, first, last)
    return _put_together(draw, person, first, last)


def _put_together(draw: random.Random, person: _Person, first: str, last: str) -> str:
    fathers = f" {person.middle}" if person.middle and last[0] > "z" else ""
    return draw.choices(
        (
            first, f"{first[0]}. {last}", f"{last} {first}", f"{last} {first}{fathers}",
            f"{first} {last}".upper(), f"{first} {last}".lower(), f"{first} {last}",
        ),
        (4, 3, 18, 7, 4, 4, 60),
    )[0]  # fmt: skip


def _in_other_letters(draw: random.Random, language: str, first: str, last: str) -> tuple[str, str]:
    if language == "ru" and draw.random() < 0.35:
        scheme = draw.choice(tuple(n.TO_LATIN))
        return latin(first, scheme), latin(last, scheme)
    if language == "pl":
        fate = draw.random()
        if fate < 0.3:
            return ascii_name(first, "older").title(), ascii_name(last, "older").title()
        if fate < 0.34:
            return cyrillic(first), cyrillic(last)
    return first, last


def latin(name: str, scheme: str) -> str:
    """A Russian name in Latin letters, as one of the usual schemes writes it."""
    table = n.TO_LATIN[scheme]
    made = "".join(table.get(one, n.PLAIN.get(one, one)) for one in name.lower())
    return made.title()


def ascii_name(name: str, scheme: str) -> str:
    """A name as it is typed where only plain letters go."""
    plain = latin(name, scheme).lower().replace("ż", "z")
    return plain.translate(str.maketrans("ąćęłńóśźż", "acelnoszz")).replace(" ", "")


def cyrillic(name: str) -> str:
    """A Polish name as a Russian speaker writes it."""
    rest, made = name.lower(), ""
    while rest:
        for theirs, ours in n.TO_CYRILLIC:
            if rest.startswith(theirs):
                made, rest = made + ours, rest[len(theirs) :]
                break
        else:
            made, rest = made + rest[0], rest[1:]
    return made.title()


def typo(draw: random.Random, text: str) -> str:
    """One slip of the fingers: a letter left out, doubled, swapped, or its neighbour."""
    if len(text) < 3:
        return text
    at = draw.randrange(1, len(text) - 1)
    fate = draw.random()
    if fate < 0.25:
        return text[:at] + text[at + 1 :]
    if fate < 0.45:
        return text[:at] + text[at] + text[at:]
    if fate < 0.7:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    for row in KEYS_NEAR:
        here = row.find(text[at].lower())
        if here >= 0:
            near = row[here - 1] if here else row[1]
            return text[:at] + near + text[at + 1 :]
    return text[:at] + text[at + 1 :]
