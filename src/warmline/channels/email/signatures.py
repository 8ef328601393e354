"""Where a signature begins: `-- `, a phone's advertisement, or a closing and a few short lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_DASHES = re.compile(r"--\s{0,2}|—\s{0,2}|–{2}\s{0,2}")
_MOBILE = re.compile(
    r"(?:sent from (?:my |yahoo mail|outlook|mail for|samsung|proton|gmx|mailspring|the )"
    r"|get outlook for |sent with |sent via "
    r"|отправлено (?:с |со |из |через )|отправлено из|послано (?:с|из) |загрузить outlook для"
    r"|скачать outlook для|отправлено от "
    r"|wysłan[eoay] z[e]? |wysłano przy użyciu|wysłane przy użyciu|pobierz (?:aplikację )?outlook"
    r"|wiadomość wysłana z )[^\n]{0,120}",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:(?:with )?(?:best|kind|kindest|warm|warmest|many)?[ ]?(?:regards|wishes)|best|cheers"
    r"|sincerely|yours(?: (?:sincerely|faithfully|truly))?"
    r"|sincerely yours|(?:many )?thanks(?: (?:in advance|again|and (?:best |kind )?regards"
    r"|a lot))?|thank you(?: (?:in advance|very much))?"
    r"|(?:с|c) (?:(?:глубоким |большим )?уважением|наилучшими пожеланиями|благодарностью"
    r"|пожеланиями)|всего (?:доброго|хорошего|наилучшего)"
    r"|заранее (?:спасибо|благодарю|благодарен|благодарна)|хорошего дня|с ув\.?"
    r"|(?:serdecznie |gorąco )?pozdrawiam(?: serdecznie| cieplutko| ciepło)?|(?:serdeczne "
    r"|ciepłe )?pozdrowienia|z poważaniem|z wyrazami szacunku"
    r"|z (?:góry )?(?:dziękuję|pozdrowieniami|szacunkiem)|z serdecznymi pozdrowieniami"
    r"|łączę pozdrowienia|pozdr\.?|miłego dnia)\s?[,.!—-]{0,2}",
    re.IGNORECASE,
)
_POSTSCRIPT = re.compile(
    r"p\.?\s?s\.?\b|п\.?\s?с\.?\b|з\.?\s?ы\.?\b|ps[.:]|postscript", re.IGNORECASE
)
_MOST_LINES = 8
_LONGEST_LINE = 80
_MOBILE_IN_LAST = 4
_DASHES_IN_LAST = 15


def signature_from(lines: Sequence[str]) -> int | None:
    """The index where the signature begins, None without one; words are always left before it."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    found = [each for each in (_dashes(lines, filled), _mobile(lines, filled)) if each is not None]
    end = min(found) if found else len(lines)
    closing = _closing(lines, [index for index in filled if index < end])
    start = closing if closing is not None else (end if found else None)
    if start is None or not any(line.strip() for line in lines[:start]):
        return None
    return start


def _dashes(lines: Sequence[str], filled: Sequence[int]) -> int | None:
    """The last `-- ` that no long text follows: the line that RFC 3676 gives to signatures."""
    for index in reversed(filled[-_DASHES_IN_LAST:]):
        if _DASHES.fullmatch(lines[index]):
            return index
    return None


def _mobile(lines: Sequence[str], filled: Sequence[int]) -> int | None:
    for index in filled[-_MOBILE_IN_LAST:]:
        if _MOBILE.fullmatch(lines[index].strip()):
            return index
    return None


def _closing(lines: Sequence[str], filled: Sequence[int]) -> int | None:
    """The first closing among the last lines, when all below is short and neither asks nor adds."""
    for index in filled[-_MOST_LINES:]:
        if len(lines[index]) <= _LONGEST_LINE and _CLOSING.fullmatch(lines[index].strip()):
            below = [lines[each].strip() for each in filled if each > index]
            return index if all(_fits_signature(line) for line in below) else None
    return None


def _fits_signature(line: str) -> bool:
    short = len(line) <= _LONGEST_LINE and "?" not in line and not line.startswith(">")
    return short and not _POSTSCRIPT.match(line)
