"""A draft of what callers of the shop could meet first: drawn, tried dry, and never in force."""

from dataclasses import asdict

from sqlalchemy import insert

from warmline.core.words import Instant, SiteId
from warmline.demo import shop
from warmline.flows.tables import flow_version
from warmline.ports import Write
from warmline.storage.version_rows import Version

FLOW = "reception"
TEXT = f"""\
# Who calls the shop's page is put through at once. Run this, and they choose first.
flow: {FLOW}
name: Reception
media: [voice]
inboxes: [{shop.PHONE_INBOX}]
languages: [en, ru, pl]
start: hours
fallback: anybody

steps:
  hours:
    hours: {shop.DAY_AND_NIGHT}
    open: hello
    closed: bye
  hello:
    say:
      en: Welcome to Larkfold, the lamp shop.
      ru: Здравствуйте, это Ларкфолд, магазин ламп.
      pl: Dzień dobry, tu Larkfold, sklep z lampami.
    next: what
  what:
    menu:
      en: For an order press 1, for a return 2, to be called back 3, for anything else 4.
      ru: По заказу нажмите 1, для возврата 2, чтобы вам перезвонили 3, по другим вопросам 4.
      pl: W sprawie zamówienia wybierz 1, zwrotu 2, oddzwonienia 3, w innych sprawach 4.
    choices:
      1:
        label: {{en: An order, ru: Заказ, pl: Zamówienie}}
        next: order
      2:
        label: {{en: A return, ru: Возврат, pl: Zwrot}}
        next: back
      3:
        label: {{en: Call me back, ru: Перезвоните мне, pl: Oddzwońcie}}
        next: later
      4:
        label: {{en: Anything else, ru: Другой вопрос, pl: Inna sprawa}}
        next: anybody
    otherwise: anybody
  order:
    collect: order
    words:
      en: The number of the order please, five digits.
      ru: Введите номер заказа, пять цифр.
      pl: Podaj numer zamówienia, pięć cyfr.
    least: 5
    most: 5
    confirm:
      en: "{{order}}. Press 1 if this is right, 2 to try again."
      ru: "{{order}}. Если верно, нажмите 1, чтобы повторить, 2."
      pl: "{{order}}. Jeśli to dobrze, wybierz 1, aby powtórzyć, 2."
    next: about-order
    otherwise: about-order
  about-order:
    queue: {shop.CALLS}
    reason: order
  back:
    queue: {shop.CALLS}
    reason: return
  later:
    callback:
      en: We call you back at the number that you call from. Press 1 if that is right.
      ru: Мы перезвоним на номер, с которого вы звоните. Если верно, нажмите 1.
      pl: Oddzwonimy na numer, z którego dzwonisz. Jeśli to dobrze, wybierz 1.
    queue: {shop.CALLBACKS}
    yes: {{en: 'Yes', ru: Да, pl: Tak}}
    no: {{en: 'No', ru: Нет, pl: Nie}}
    accepted: bye
    otherwise: anybody
  anybody:
    queue: by reason
  bye:
    hang_up:
      en: Thank you. Goodbye.
      ru: Спасибо. До свидания.
      pl: Dziękujemy. Do usłyszenia.
"""


def draft(site: SiteId, now: Instant) -> Write:
    """The draft, by the administrator of the shop."""
    by = shop.ADMINISTRATOR.id
    version = Version(
        id=f"{FLOW}-draft",
        subject=FLOW,
        number=None,
        name="Reception",
        text=TEXT,
        stage="draft",
        tag=1,
        created_at=now,
        created_by=by,
        updated_at=now,
        updated_by=by,
    )
    row = {"site": site, **asdict(version)}
    row["flow"] = row.pop("subject")
    return Write(statement=insert(flow_version), rows=[row])
