/** Words of the strip that says which rules hold just now, and whether the matcher decides. */
import { room } from "./room";

export const t = room({
  en: {
    label: "What holds just now",
    failed: "The matcher failed at {time}. Since then: first come, first served by whoever has been free longest. Nothing is lost.",
    restore: "Let it decide again",
    restored: "The matcher decides again.",
    mode: "Mode “{mode}” is on.",
    guard: "{segment}: head start at {pct} % of its own, to reach the target.",
    trial: "Version {version} is on trial with {pct} % of the customers.",
    told: "Who comes now is told about {range} min",
    prices: "No forecast prices now: everybody counts the same elsewhere.",
  },
  ru: {
    label: "Что действует сейчас",
    failed: "Выбор отказал в {time}. С тех пор: кто пришёл первым, тому первым отвечает тот, кто дольше всех без работы. Ничего не потеряно.",
    restore: "Пусть снова решает",
    restored: "Выбор снова решает.",
    mode: "Действует режим «{mode}».",
    guard: "{segment}: фора {pct} % от своей, чтобы достичь цели.",
    trial: "Версия {version} на пробе у {pct} % клиентов.",
    told: "Кто придёт сейчас, услышит: около {range} мин",
    prices: "Цен по прогнозу сейчас нет: в другом месте все считаются поровну.",
  },
  pl: {
    label: "Co teraz obowiązuje",
    failed: "Dobieranie zawiodło o {time}. Od tej pory: kto pierwszy przyszedł, tego pierwszego obsługuje osoba najdłużej bez pracy. Nic nie zginęło.",
    restore: "Niech znów decyduje",
    restored: "Dobieranie znów decyduje.",
    mode: "Obowiązuje tryb „{mode}”.",
    guard: "{segment}: fory {pct} % własnych, aby osiągnąć cel.",
    trial: "Wersja {version} na próbie u {pct} % klientów.",
    told: "Kto przyjdzie teraz, usłyszy: około {range} min",
    prices: "Teraz nie ma cen z prognozy: gdzie indziej wszyscy liczą się tak samo.",
  },
});
