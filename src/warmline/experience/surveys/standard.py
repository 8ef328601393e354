"""The survey that a new center asks, one about promises, and the beginning of a new one."""

SURVEY = "after-contact"
TEXT = """\
# Asked when a talk is over. The first answer to `score` is also the rating of the talk.
survey: after-contact
name: After a contact
when: after close          # or: after 2 h (then by link only)
ways: [widget, phone, link] # where the talk was; else a mail with a link
share: 100 %               # of the talks
apart: 30 d                # the same customer once in so long at most
open: 7 d                  # so long answers can be changed

intro:
  en: "Four short lines tell us more than a long form."
  ru: "Четыре короткие строки скажут нам больше длинной анкеты."
  pl: "Cztery krótkie zdania powiedzą nam więcej niż długa ankieta."
thanks:
  en: "Thank you. The person who helped you reads this."
  ru: "Спасибо. Ответ прочитает тот, кто вам помогал."
  pl: "Dziękujemy. Przeczyta to osoba, która pomagała."

questions:
  score:
    kind: csat
  glad:
    kind: feeling
    feeling: glad
  understood:
    kind: feeling
    feeling: understood
  best_answer:
    kind: feeling
    feeling: best_answer
  again:
    kind: feeling
    feeling: again
  why:
    kind: text
    ask:
      en: "What should we know?"
      ru: "Что нам важно знать?"
      pl: "Co powinniśmy wiedzieć?"
"""
AFTER_PROMISE = """\
# Asked when what was promised in a talk is due: was it easy, would they recommend us?
survey: after-promise
name: After a promise
when: after promise
ways: [link]
share: 100 %
apart: 30 d
open: 7 d

intro:
  en: "We promised you something. Did it come out well?"
  ru: "Мы вам кое-что обещали. Всё ли получилось?"
  pl: "Coś Ci obiecaliśmy. Czy się udało?"
thanks:
  en: "Thank you. Whoever promised it reads this."
  ru: "Спасибо. Ответ прочитает тот, кто обещал."
  pl: "Dziękujemy. Przeczyta to osoba, która obiecała."

questions:
  effort:
    kind: ces
  recommend:
    kind: nps
  why:
    kind: text
    if: effort <= 4 or recommend <= 6
    ask:
      en: "What would have made it better?"
      ru: "Что могло быть лучше?"
      pl: "Co mogło być lepsze?"
"""
NEW = """\
survey: {id}
name: {name}
when: after close
ways: [widget, phone, link]
share: 100 %
apart: 30 d
open: 7 d

questions:
  recommend:
    kind: nps
  why:
    kind: text
    if: recommend <= 6
    ask:
      en: "What would have made it better?"
      ru: "Что могло быть лучше?"
      pl: "Co mogło być lepsze?"
"""
