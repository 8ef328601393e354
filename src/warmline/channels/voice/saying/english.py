"""How the center speaks English."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from warmline.channels.voice.saying.grammar import (
    LONGEST_WAIT_MIN,
    Gender,
    Range,
    at,
    hundreds,
    joined,
    listed,
)

UNITS = listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen"
    " fourteen fifteen sixteen seventeen eighteen nineteen"
)
TENS = listed("- - twenty thirty forty fifty sixty seventy eighty ninety")
ORDINALS = listed(
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh"
    " twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
)
DAYS = listed("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
MONTHS = listed(
    "- January February March April May June July August September October November December"
)


class English:
    """English: no genders, ordinals for days."""

    prompts: Mapping[str, str] = MappingProxyType(
        {
            "welcome": "Welcome. Thank you for calling.",
            "waiting": "All our agents are talking at the moment. Somebody will be with you soon.",
            "closed": "We are closed at the moment. Please call again during our opening hours.",
            "unstaffed": "Nobody can take your call at the moment. Please try again later.",
            "unavailable": "Your call cannot be taken at the moment. Please try again later.",
            "voicemail": "Please leave a message after the tone."
            " When you have finished, hang up or press the hash key.",
            "voicemail_kept": "Thank you, your message has been kept.",
            "callback": "To keep your place and be called back, press 1."
            " To be called at another time, press 2.",
            "callback_booked": "Thank you. We will call you at that time. You may hang up now.",
            "callback_noted": "Thank you. You keep your place, and we will call you back."
            " You may hang up now.",
            "callback_refused": "We cannot call you back at this number."
            " Please stay on the line, you keep your place.",
            "connecting": "You are being connected.",
            "recorded": "This call is recorded.",
            "supervised": "A supervisor has joined this call.",
            "sorry": "Sorry, that was not understood.",
            "thanks": "Thank you for calling. Goodbye.",
        }
    )

    def number(self, n: int, gender: Gender = Gender.MALE) -> str:
        """A whole number.

        >>> English().number(342), English().number(1_001)
        ('three hundred forty-two', 'one thousand one')
        """
        del gender
        if n >= 1_000:  # noqa: PLR2004
            rest = n % 1_000
            more = self.number(rest) if rest else ""
            return joined(self.number(n // 1_000), "thousand", more)
        hundred, ten, unit = hundreds(n)
        small = "-".join(part for part in (at(TENS, ten), at(UNITS, unit)) if part)
        if not hundred:
            return small or UNITS[0]
        return joined(UNITS[hundred], "hundred", small)

    def ordinal(self, n: int, gender: Gender = Gender.MALE) -> str:
        """The place in a row.

        >>> English().ordinal(2), English().ordinal(41), English().ordinal(120)
        ('second', 'forty-first', 'one hundred twentieth')
        """
        del gender
        words = self.number(n)
        head, sign, last = words.rpartition("-")
        if not sign:
            head, sign, last = words.rpartition(" ")
        if last in UNITS:
            return head + sign + ORDINALS[UNITS.index(last)]
        return head + sign + (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")

    def gender_before(self, word: str) -> Gender:
        """There are none."""
        del word
        return Gender.MALE

    def time(self, hour: int, minute: int, after: str = "") -> str:
        """A time of 24 hours.

        >>> English().time(14, 5), English().time(9, 0)
        ('fourteen oh five', "nine o'clock")
        """
        del after
        if minute == 0:
            return f"{self.number(hour)} o'clock"
        return joined(self.number(hour), "oh" if minute < 10 else "", self.number(minute))  # noqa: PLR2004

    def date(self, day: date) -> str:
        """A day.

        >>> English().date(date(2026, 11, 23))
        'Monday, the twenty-third of November'
        """
        return f"{DAYS[day.weekday()]}, the {self.ordinal(day.day)} of {MONTHS[day.month]}"

    def position(self, n: int) -> str:
        """The place in the line."""
        return "You are next in line." if n == 1 else f"You are {self.ordinal(n)} in line."

    def wait(self, told: Range) -> str:
        """The range of the wait.

        >>> English().wait(Range(low_min=2, high_min=5))
        'Somebody will probably be with you in two to five minutes.'
        """
        low, high = self.number(told.low_min), self.number(told.high_min)
        if told.low_min >= LONGEST_WAIT_MIN:
            when = "in more than an hour"
        elif told.high_min <= 1:
            when = "within a minute"
        elif told.high_min > LONGEST_WAIT_MIN:
            when = (
                f"in {low} minutes at the earliest"
                if told.low_min > 1
                else "in up to an hour or more"
            )
        elif told.low_min == 0:
            when = f"within {high} minutes"
        elif told.low_min == told.high_min:
            when = f"in about {high} minutes"
        else:
            when = f"in {low} to {high} minutes"
        return f"Somebody will probably be with you {when}."
