"""Draws replayed call records beside the record, day by day, as a picture for the documents.

usage: warmline replay calls.csv.gz --json | python scripts/draw_replay.py docs/pictures/replay.svg
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

LEFT, RIGHT, WIDTH = 56, 16, 960
TOP, PANEL, GAP, FOOT = 86, 190, 54, 44
HEIGHT = TOP + 2 * PANEL + GAP + FOOT
STYLE = """
  svg { --paper: #fdfcfa; --ink: #2b2622; --soft: #6b625b; --line: #ddd6cf;
        --record: #b9aca2; --lost: #d98f5c; --again: #7a2a5c; }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #1d1a18; --ink: #efe9e4; --soft: #aaa098; --line: #3b3531;
          --record: #75695f; --lost: #c0713c; --again: #e49ac6; } }
  text { font: 12px system-ui, sans-serif; fill: var(--ink); }
  .head { font-size: 16px; font-weight: 600; } .soft { fill: var(--soft); }
  .paper { fill: var(--paper); } .grid { stroke: var(--line); }
  .record { fill: var(--record); } .lost { fill: var(--lost); }
  .again { fill: var(--again); } .span { stroke: var(--again); stroke-width: 2; }
"""

Scale = Callable[[float], float]


def picture(found: Mapping[str, Any], policy: str) -> str:
    """The picture of a replay's JSON, with the policy of that name beside the record."""
    days = list(found["record"]["days"].items())
    again = found["policies"][policy]["days"]
    step = (WIDTH - LEFT - RIGHT) / len(days)
    places = [LEFT + step * (number + 0.5) for number in range(len(days))]
    shares = [100 * of["abandoned"] / of["arrivals"] for _, of in days]
    most = max(of["arrivals"] for _, of in days)
    upper = _scale(TOP, _round_up(most, 500))
    lower = _scale(TOP + PANEL + GAP, _round_up(max(shares), 5))
    parts = [
        *_frame(found, policy),
        *_grid(TOP, upper, range(0, _round_up(most, 500) + 1, 500), "calls"),
        *_grid(
            TOP + PANEL + GAP,
            lower,
            range(0, _round_up(max(shares), 5) + 1, 5),
            "gave up, % of the calls",
        ),
    ]
    for place, (day, of), share, played in zip(places, days, shares, again, strict=True):
        parts += _day(place, step, upper, of, played)
        parts += _share(place, step, lower, share, of["arrivals"], played["abandoned"])
        parts.append(_text(place, HEIGHT - FOOT + 18, str(int(day[-2:])), "middle", "soft"))
    return _svg(parts)


def _day(
    place: float, step: float, scale: Scale, of: Mapping[str, float], played: Mapping[str, Any]
) -> Iterator[str]:
    """The bar of a day, who gave up on top, and where the replay puts the border."""
    width = step * 0.66
    yield _bar(place, width, scale(of["served"]), scale(0), "record")
    yield _bar(place, width, scale(of["arrivals"]), scale(of["served"]), "lost")
    border = scale(played["answered"]["mean"])
    yield _bar(place, step * 0.9, border - 1, border + 1, "again")


def _share(
    place: float,
    step: float,
    scale: Scale,
    share: float,
    arrivals: float,
    lost: Mapping[str, Any],
) -> Iterator[str]:
    """The share that gave up, as recorded and as replayed with its interval."""
    yield _bar(place, step * 0.66, scale(share), scale(0), "lost")
    if lost["ci95"] is not None:
        low, high = (scale(max(0.0, 100 * end / arrivals)) for end in lost["ci95"])
        yield f'<path class="span" d="M{place:.1f} {low:.1f}V{high:.1f}"/>'
    mean = scale(100 * lost["mean"] / arrivals)
    yield f'<circle class="again" cx="{place:.1f}" cy="{mean:.1f}" r="3.5"/>'


def _frame(found: Mapping[str, Any], policy: str) -> Iterator[str]:
    yield f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>'
    yield _text(LEFT, 26, f"{found['name']}: the record and the replay", "start", "head")
    legend = (
        (LEFT, "record", "served, as recorded"),
        (LEFT + 160, "lost", "gave up, as recorded"),
        (LEFT + 326, "again", f"replayed ({policy}), {found['seeds']} seeds, 95 % intervals"),
    )
    for place, kind, words in legend:
        yield f'<rect class="{kind}" x="{place}" y="38" width="12" height="12" rx="2"/>'
        yield _text(place + 18, 48, words, "start", "soft")
    days = list(found["record"]["days"])
    yield _text(LEFT, HEIGHT - 8, f"day, from {days[0]} to {days[-1]}", "start", "soft")


def _grid(top: float, scale: Scale, marks: Iterable[int], words: str) -> Iterator[str]:
    yield _text(LEFT, top - 8, words, "start", "soft")
    for mark in marks:
        at = scale(mark)
        yield f'<path class="grid" d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}"/>'
        yield _text(LEFT - 8, at + 4, f"{mark:,}", "end", "soft")


def _scale(top: float, most: float) -> Scale:
    return lambda value: top + PANEL * (1 - value / most)


def _round_up(value: float, step: int) -> int:
    return -int(-value // step) * step


def _bar(place: float, width: float, top: float, bottom: float, kind: str) -> str:
    return (
        f'<rect class="{kind}" x="{place - width / 2:.1f}" y="{top:.1f}" '
        f'width="{width:.1f}" height="{bottom - top:.1f}"/>'
    )


def _text(x: float, y: float, words: str, anchor: str, kind: str) -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )


def _svg(parts: Iterable[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
    title = "<title>Calls served and given up by day: recorded and replayed</title>"
    return "\n".join([head, title, f"<style>{STYLE}</style>", *parts, "</svg>", ""])


def main(arguments: list[str]) -> int:
    """Read the JSON from the standard input, write the picture."""
    if len(arguments) not in (1, 2):
        print(__doc__, file=sys.stderr)
        return 2
    found = json.load(sys.stdin)
    policy = arguments[1] if len(arguments) == 2 else list(found["policies"])[-1]  # noqa: PLR2004
    Path(arguments[0]).write_text(picture(found, policy), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
