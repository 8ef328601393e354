/** Words of the settings of calls out, and of supervisors in talks. */
import { room } from "./room";

export const t = room({
  en: {
    out: "Numbers shown when calling out",
    outText: "Whoever is called on behalf of a queue sees this number. Without one the telephone provider decides.",
    noQueues: "No inbox for calls leads to a queue yet.",
    keep: "Save",
    kept: "Saved",
    supervisors: "Supervisors in talks",
    visible: "Agents see that somebody listens",
    "may.listen": "May listen",
    "may.whisper": "May whisper to the agent",
    "may.barge": "May speak with both",
    "may.take_over": "May take a talk over",
  },
  ru: {
    out: "Номера при исходящих звонках",
    outText: "Этот номер видит тот, кому звонят от имени очереди. Без него решает оператор связи.",
    noQueues: "Ни один канал звонков пока не ведёт в очередь.",
    keep: "Сохранить",
    kept: "Сохранено",
    supervisors: "Супервизоры в разговорах",
    visible: "Операторы видят, что их слушают",
    "may.listen": "Могут слушать",
    "may.whisper": "Могут подсказывать оператору",
    "may.barge": "Могут говорить с обоими",
    "may.take_over": "Могут принять разговор на себя",
  },
  pl: {
    out: "Numery pokazywane przy dzwonieniu",
    outText: "Ten numer widzi osoba, do której dzwoni się w imieniu kolejki. Bez niego decyduje operator telefoniczny.",
    noQueues: "Żadna skrzynka połączeń nie prowadzi jeszcze do kolejki.",
    keep: "Zapisz",
    kept: "Zapisano",
    supervisors: "Kierownicy w rozmowach",
    visible: "Konsultanci widzą, że ktoś słucha",
    "may.listen": "Mogą słuchać",
    "may.whisper": "Mogą podpowiadać konsultantowi",
    "may.barge": "Mogą mówić do obojga",
    "may.take_over": "Mogą przejąć rozmowę",
  },
});
