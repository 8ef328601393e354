"""A calendar part told in one line that needs no language: what, when, where."""

from __future__ import annotations

import re

from warmline.channels.email.headers import seen

_FOLD = re.compile(r"\r?\n[ \t]")
_MOMENT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})\d{2}(Z?))?")
_ESCAPED = re.compile(r"\\([nN,;\\])")
_LONGEST_CALENDAR = 500_000
_LONGEST_FIELD = 200


def described(calendar: str) -> str:
    """For example `📅 Delivery · 2025-11-03 10:00 – 11:00 Europe/Warsaw · Gate 2`.

    `✕` marks a cancelled event.
    """
    event = _FOLD.sub("", calendar[:_LONGEST_CALENDAR])
    method = _value(event, "METHOD")[1].upper()
    _, _, inside = event.partition("BEGIN:VEVENT")
    if not inside:
        return ""
    inside = inside.partition("END:VEVENT")[0]
    zone, start = _value(inside, "DTSTART")
    _, end = _value(inside, "DTEND")
    summary, place = _value(inside, "SUMMARY")[1], _value(inside, "LOCATION")[1]
    cancelled = method == "CANCEL" or _value(inside, "STATUS")[1].upper() == "CANCELLED"
    told = [("✕ " if cancelled else "") + summary, _when(start, end, zone), place]
    return "📅 " + " · ".join(each for each in told if each.strip())


def _value(event: str, name: str) -> tuple[str, str]:
    """The time zone parameter and the value of a property, `""` where there is none."""
    found = re.search(
        rf"^{name}((?:;[^:\r\n]{{0,200}})?):([^\r\n]*)", event, re.MULTILINE | re.IGNORECASE
    )
    if not found:
        return "", ""
    zone = found[1].partition("TZID=")[2].partition(";")[0].strip('"')
    value = _ESCAPED.sub(lambda each: " " if each[1] in "nN" else each[1], found[2])
    return seen(zone), seen(value)[:_LONGEST_FIELD]


def _when(start: str, end: str, zone: str) -> str:
    first, last = _MOMENT.match(start), _MOMENT.match(end)
    if not first:
        return ""
    day = f"{first[1]}-{first[2]}-{first[3]}"
    if not first[4]:
        return day
    told = f"{day} {first[4]}:{first[5]}"
    if last and last[4]:
        until = f"{last[4]}:{last[5]}"
        same_day = last.groups()[:3] == first.groups()[:3]
        told += f" – {until}" if same_day else f" – {last[1]}-{last[2]}-{last[3]} {until}"
    zone = "UTC" if first[6] else zone
    return f"{told} {zone}".strip()
