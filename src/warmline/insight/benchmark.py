"""The center beside its peers: what surveys published, the own figure from events, what to do."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, tuple_

from warmline.core.settings import Trait
from warmline.core.words import Instant, Medium
from warmline.insight import benchmark_further as more
from warmline.insight import benchmark_own as own
from warmline.insight.benchmark_model import Area, Better, Line, Look, Own
from warmline.insight.benchmark_words import TEXTS
from warmline.insight.fairness import share
from warmline.insight.maturity import areas, level
from warmline.storage.rows import Row, rows

FIRST_YEAR, LAST_YEAR = 2003, 2015
"""The years of the surveys that the published figures are from."""
TYPED = (Medium.CHAT, Medium.MESSAGE)
CLASSIC = (Medium.VOICE, Medium.CALLBACK, Medium.EMAIL)


async def panel(look: Look) -> dict[str, Any]:
    """Every row: published, own, how it is computed, what is missing; and how far each area is."""
    found = [_shown(line, await line.own(look)) for line in LINES]
    stands = areas({one["key"]: one["level"] for one in found}, LINES)
    return {
        "rows": found,
        "areas": [
            {"area": one.area.value, "level": one.level, "weakest": one.weakest} for one in stands
        ],
    }


def _shown(line: Line, found: Own) -> dict[str, Any]:
    missing = found.missing or (None if found.of else "nothing_yet")
    value, low, high = _figure(line, found) if missing is None else (None, None, None)
    # Of a loss and of a share alike, the low end is the less welcome one.
    reached = level(line, None if value is None else (value, low))
    is_share = missing is None and found.change is None
    texts = TEXTS[line.key]
    return {
        "key": line.key,
        "area": line.area.value,
        "level": reached,
        "published_pct": line.published_pct,
        "published_to_pct": line.published_to_pct,
        "own_pct": value,
        "low_pct": low,
        "high_pct": high,
        "good": found.good if is_share else None,
        "n": found.of if missing is None else None,
        "missing": missing,
        "facts": dict(found.facts),
        "next": line.next,
        "opens": line.behind is not None and missing is None,
        "names": dict(texts.names),
        "published": dict(texts.published),
        "formulas": dict(texts.formulas),
    }


def _figure(line: Line, found: Own) -> tuple[float, float | None, float | None]:
    if found.change is not None:
        pct, low, high, _ = found.change
        return round(pct, 1), round(low, 1), round(high, 1)
    value = round(100 * found.good / found.of, 1)
    sure = share(found.good, found.of) if line.behind is not None else None
    if sure is None:
        return value, None, None
    return value, round(100 * sure.low, 1), round(100 * sure.high, 1)


LINES: Sequence[Line] = (
    Line(
        key="satisfaction_measured", published_pct=77, area=Area.EXPERIENCE,
        own=own.satisfaction, behind=own.closed_contacts, next="/experience/surveys",
    ),
    Line(
        key="target_reached", published_pct=40, area=Area.EXPERIENCE, own=own.target,
        next="/experience/feedback",
    ),
    Line(
        key="loyalty_bad", published_pct=-28, area=Area.EXPERIENCE, better=Better.LESS,
        own=more.changed("loyalty_bad"), next="/experience/cases",
    ),
    Line(
        key="loyalty_good", published_pct=18, area=Area.EXPERIENCE,
        own=more.changed("loyalty_good"), next="/experience/loyalty",
    ),
    Line(
        key="identified", published_pct=78, area=Area.CUSTOMERS,
        own=own.of_contacts(own.answered), behind=own.answered, next="/settings/inboxes",
    ),
    Line(
        key="segmented", published_pct=21, area=Area.CUSTOMERS,
        own=own.of_contacts(own.arrived), behind=own.arrived, next="/customers/segments",
    ),
    Line(
        key="best_to_best", published_pct=35, area=Area.ROUTING, own=own.best_to_best,
        behind=own.most_valuable, next="/policy",
    ),
    Line(
        key="grouped_by_quality", published_pct=22, area=Area.ROUTING,
        own=more.scored(Trait.QUALITY, Trait.PRODUCTIVITY), next="/experience/feedback/scores",
    ),
    Line(
        key="grouped_by_sales", published_pct=22, area=Area.ROUTING,
        own=more.scored(Trait.SALES), next="/settings/scores",
    ),
    Line(
        key="grouped_by_interpersonal", published_pct=20, area=Area.ROUTING,
        own=more.scored(Trait.INTERPERSONAL), next="/experience/feedback/scores",
    ),
    Line(
        key="handle_time_steered", published_pct=28, area=Area.DESK,
        own=more.of_talks("handle_time_steered", "no_guidance"),
        behind=more.in_talks("handle_time_steered"), next="/guidance",
    ),
    Line(
        key="cross_sold", published_pct=11, area=Area.DESK,
        own=more.of_talks("cross_sold", "no_offers"), behind=more.in_talks("cross_sold"),
        next="/offers",
    ),
    Line(
        key="callbacks", published_pct=17, area=Area.CHANNELS, own=own.callbacks,
        next="/settings/inboxes",
    ),
    Line(
        key="blended", published_pct=26, area=Area.CHANNELS, own=own.blended,
        next="/settings/users",
    ),
    Line(
        key="mail_offered", published_pct=92, area=Area.CHANNELS, own=more.mail_offered,
        next="/settings/inboxes",
    ),
    Line(
        key="mail_in_an_hour", published_pct=25, area=Area.CHANNELS,
        own=own.of_contacts(own.mails), behind=own.mails, next="/policy/what-if",
    ),
    Line(
        key="mail_preferred", published_pct=56, area=Area.CHANNELS, better=Better.NEITHER,
        own=more.told("mail_preferred", "no_preferences"), next="/customers",
    ),
    Line(
        key="chat_used", published_pct=23, area=Area.CHANNELS, better=Better.NEITHER,
        own=own.of_contacts(more.over(TYPED)), behind=more.over(TYPED), next="/settings/inboxes",
    ),
    Line(
        key="phone_and_mail", published_pct=60, area=Area.CHANNELS, better=Better.NEITHER,
        own=own.of_contacts(more.over(CLASSIC)), behind=more.over(CLASSIC),
        next="/policy/what-if",
    ),
    Line(
        key="proactive", published_pct=89, area=Area.OUTREACH,
        own=more.told("proactive", "no_outreach"), next="/offers/courtesy",
    ),
    Line(
        key="courtesy", published_pct=42, area=Area.OUTREACH,
        own=more.told("courtesy", "no_outreach"), next="/offers/courtesy",
    ),
    Line(
        key="turnover", published_pct=60, published_to_pct=120, area=Area.PEOPLE,
        better=Better.LESS, own=more.told("turnover", "no_people", year=True),
        next="/settings/users",
    ),
    Line(
        key="leaks", published_pct=64.5, area=Area.SECURITY, better=Better.LESS,
        own=more.leaks, next="/settings/reveals",
    ),
)  # fmt: skip
"""The rows, in the order of the screen."""


async def contacts_behind(
    look: Look, line: Line, *, after: tuple[Instant, str] | None, limit: int
) -> Sequence[Row]:
    """The contacts behind a figure, the newest first: `counts` marks those that speak for it."""
    if line.behind is None:
        return ()
    one = line.behind(look)
    columns = one.table.c
    query = (
        select(
            columns.interaction,
            columns.medium,
            columns.agent,
            one.at.label("at"),
            one.good.label("counts"),
        )
        .where(columns.site == look.site, one.among)
        .order_by(one.at.desc(), columns.interaction.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(one.at, columns.interaction) < after)
    return await rows(look.connection, query)
