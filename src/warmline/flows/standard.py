"""The text that a new flow begins with."""

NEW = """\
flow: {id}
name: {name}
media: [voice, chat]
inboxes: []
start: hello
fallback: to-queue

steps:
  hello:
    say:
      en: Welcome.
      ru: Здравствуйте.
      pl: Dzień dobry.
    next: what
  what:
    menu:
      en: Press 1 for a new order, 2 for anything else.
      ru: Для нового заказа нажмите 1, по другим вопросам нажмите 2.
      pl: Aby złożyć zamówienie, wybierz 1, w innych sprawach wybierz 2.
    choices:
      1:
        label: {{en: A new order, ru: Новый заказ, pl: Nowe zamówienie}}
        next: to-queue
      2:
        label: {{en: Anything else, ru: Другой вопрос, pl: Inna sprawa}}
        next: to-queue
    otherwise: to-queue
  # "by reason" is the queue that the door itself has.
  to-queue:
    queue: by reason
"""
"""Filled with the id and the name of the flow."""
