/** What is wrong with a field, in words: the one table for the codes of problem documents. */
import { room, type PlainKeyOf } from "./room";

const t = room({
  en: {
    missing: "Fill this in.",
    unknown_field: "The center knows no such field.",
    text: "A text is expected here.",
    number: "A number is expected here.",
    yes_no: "Yes or no is expected here.",
    list: "A list is expected here.",
    table: "A table is expected here.",
    file: "A file is expected here.",
    other_type: "Something else is expected here.",
    wrong_form: "It holds characters that are not allowed here, or has another form than expected.",
    empty: "It must not be empty.",
    too_small: "At least {min}.",
    too_large: "At most {max}.",
    out_of_range: "From {min} to {max}.",
    wrong_length: "From {min} to {max} characters.",
    not_one_of: "Only these: {allowed}.",
    no_such: "There is no {item}.",
    twice: "{item} is there twice.",
    no_email: "This is not an e-mail address.",
    no_phone: "This is not a phone number.",
    no_currency: "This is not a currency code.",
    bad_letters: "It holds signs that the encoding does not have.",
    bad_gzip: "The compressed file is damaged.",
    premium_phone: "This number costs whoever calls it extra, so it is not called.",
    window: "This time cannot be chosen.",
    no_region: "A country has two letters, as PL.",
    no_language: "This is not a language tag such as ru.",
    no_date: "This is not a date like 2026-12-24.",
    no_zone: "This is not a time zone like Europe/Warsaw.",
    no_uuid: "This is not a UUID.",
    overlap: "Two intervals overlap.",
    differs: "It differs from the same thing said elsewhere.",
    easily_guessed: "It is among the first that somebody would try.",
    past: "It must lie in the future.",
    too_far: "It is more than a year ahead.",
    no_words: "There is no word to look for.",
    no_rule: "This is no rule: see character {at}.",
    masked: "This is hidden: reveal the customer to see it.",
    no_wav: "This is no WAV file.",
    no_sound: "Nothing can be heard in it.",
    sound_kind: "This kind of WAV is not read: save it as PCM, 16 bit.",
    sound_long: "The sound may last {max} s at most.",
    too_long: { one: "At most {n} character.", other: "At most {n} characters." },
    too_short: { one: "At least {n} character.", other: "At least {n} characters." },
    too_many: { one: "At most {n} entry.", other: "At most {n} entries." },
    too_few: { one: "At least {n} entry.", other: "At least {n} entries." },
  },
  ru: {
    missing: "Заполните это поле.",
    unknown_field: "Такого поля нет.",
    text: "Здесь нужен текст.",
    number: "Здесь нужно число.",
    yes_no: "Здесь нужно «да» или «нет».",
    list: "Здесь нужен список.",
    table: "Здесь нужна таблица.",
    file: "Здесь нужен файл.",
    other_type: "Здесь нужно что-то другое.",
    wrong_form: "Здесь есть недопустимые символы, или вид не тот, что нужен.",
    empty: "Не может быть пустым.",
    too_small: "Не меньше {min}.",
    too_large: "Не больше {max}.",
    out_of_range: "От {min} до {max}.",
    wrong_length: "От {min} до {max} символов.",
    not_one_of: "Можно только: {allowed}.",
    no_such: "Не найдено: {item}.",
    twice: "Указано дважды: {item}.",
    no_email: "Это не адрес электронной почты.",
    no_phone: "Это не номер телефона.",
    no_currency: "Это не код валюты.",
    bad_letters: "Есть знаки, которых нет в этой кодировке.",
    bad_gzip: "Сжатый файл повреждён.",
    premium_phone: "Звонок на этот номер платный, туда не звонят.",
    window: "Это время выбрать нельзя.",
    no_region: "Страна — это две буквы, например PL.",
    no_language: "Это не тег языка, например ru.",
    no_date: "Это не дата вида 2026-12-24.",
    no_zone: "Это не часовой пояс, например Europe/Warsaw.",
    no_uuid: "Это не UUID.",
    overlap: "Два промежутка пересекаются.",
    differs: "Не совпадает с тем, что указано в другом месте.",
    easily_guessed: "Такой пароль подберут одним из первых.",
    past: "Должно быть в будущем.",
    too_far: "До этого больше года.",
    no_words: "Здесь нет слов для поиска.",
    no_rule: "Это не правило: смотрите знак {at}.",
    masked: "Это скрыто: сначала покажите данные клиента.",
    no_wav: "Это не файл WAV.",
    no_sound: "В файле ничего не слышно.",
    sound_kind: "Такой WAV не читается: сохраните его как PCM, 16 бит.",
    sound_long: "Звук может длиться не дольше {max} с.",
    too_long: { one: "Не больше {n} символа.", few: "Не больше {n} символов.", many: "Не больше {n} символов.", other: "Не больше {n} символа." },
    too_short: { one: "Не меньше {n} символа.", few: "Не меньше {n} символов.", many: "Не меньше {n} символов.", other: "Не меньше {n} символа." },
    too_many: { one: "Не больше {n} записи.", few: "Не больше {n} записей.", many: "Не больше {n} записей.", other: "Не больше {n} записи." },
    too_few: { one: "Не меньше {n} записи.", few: "Не меньше {n} записей.", many: "Не меньше {n} записей.", other: "Не меньше {n} записи." },
  },
  pl: {
    missing: "Uzupełnij to pole.",
    unknown_field: "Nie ma takiego pola.",
    text: "Tu potrzebny jest tekst.",
    number: "Tu potrzebna jest liczba.",
    yes_no: "Tu potrzebne jest „tak” albo „nie”.",
    list: "Tu potrzebna jest lista.",
    table: "Tu potrzebna jest tabela.",
    file: "Tu potrzebny jest plik.",
    other_type: "Tu potrzebne jest coś innego.",
    wrong_form: "Są tu niedozwolone znaki albo postać jest inna, niż potrzeba.",
    empty: "Nie może być puste.",
    too_small: "Co najmniej {min}.",
    too_large: "Najwyżej {max}.",
    out_of_range: "Od {min} do {max}.",
    wrong_length: "Od {min} do {max} znaków.",
    not_one_of: "Tylko: {allowed}.",
    no_such: "Nie znaleziono: {item}.",
    twice: "Podano dwa razy: {item}.",
    no_email: "To nie jest adres e-mail.",
    no_phone: "To nie jest numer telefonu.",
    no_currency: "To nie jest kod waluty.",
    bad_letters: "Są znaki, których nie ma w tym kodowaniu.",
    bad_gzip: "Skompresowany plik jest uszkodzony.",
    premium_phone: "Połączenie z tym numerem jest dodatkowo płatne, więc tam nie dzwonimy.",
    window: "Tej pory nie można wybrać.",
    no_region: "Kraj to dwie litery, na przykład PL.",
    no_language: "To nie jest znacznik języka, na przykład ru.",
    no_date: "To nie jest data w postaci 2026-12-24.",
    no_zone: "To nie jest strefa czasowa, na przykład Europe/Warsaw.",
    no_uuid: "To nie jest UUID.",
    overlap: "Dwa przedziały nachodzą na siebie.",
    differs: "Różni się od tego, co podano gdzie indziej.",
    easily_guessed: "Takie hasło zgaduje się jako jedno z pierwszych.",
    past: "Musi być w przyszłości.",
    too_far: "To dalej niż za rok.",
    no_words: "Nie ma słowa, którego można szukać.",
    no_rule: "To nie jest reguła: zobacz znak {at}.",
    masked: "To jest ukryte: najpierw odsłoń dane klienta.",
    no_wav: "To nie jest plik WAV.",
    no_sound: "Nic w nim nie słychać.",
    sound_kind: "Taki WAV nie jest odczytywany: zapisz go jako PCM, 16 bitów.",
    sound_long: "Dźwięk może trwać najwyżej {max} s.",
    too_long: { one: "Najwyżej {n} znak.", few: "Najwyżej {n} znaki.", many: "Najwyżej {n} znaków.", other: "Najwyżej {n} znaku." },
    too_short: { one: "Co najmniej {n} znak.", few: "Co najmniej {n} znaki.", many: "Co najmniej {n} znaków.", other: "Co najmniej {n} znaku." },
    too_many: { one: "Najwyżej {n} wpis.", few: "Najwyżej {n} wpisy.", many: "Najwyżej {n} wpisów.", other: "Najwyżej {n} wpisu." },
    too_few: { one: "Co najmniej {n} wpis.", few: "Co najmniej {n} wpisy.", many: "Co najmniej {n} wpisów.", other: "Co najmniej {n} wpisu." },
  },
});

/** One fault of a problem document: a path, a sentence in English, a stable word and its facts. */
export interface FieldFault {
  readonly field: string;
  readonly detail: string;
  readonly code?: string | undefined;
  readonly facts?: Readonly<Record<string, unknown>> | undefined;
}

type Plain = PlainKeyOf<typeof t>;
const plain = new Set<string>(["missing", "unknown_field", "wrong_form", "empty", "no_email", "no_phone", "no_currency", "bad_letters", "bad_gzip", "premium_phone", "window", "no_region", "no_language", "no_date", "no_zone", "no_uuid", "overlap", "differs", "easily_guessed", "past", "too_far", "no_words", "masked", "no_wav", "no_sound", "sound_kind"] satisfies Plain[]);
const types = new Set<string>(["text", "number", "yes_no", "list", "table", "file"] satisfies Plain[]);

/** The sentence for a fault; in the center's own words where we know neither its code nor its facts. */
export function sayFault(fault: FieldFault): string {
  const { code = "", facts = {}, detail } = fault;
  const count = (name: string): number | null => (typeof facts[name] === "number" ? facts[name] : null);
  const word = (name: string): string | null => (typeof facts[name] === "string" || typeof facts[name] === "number" ? String(facts[name]) : null);
  const [min, max, item, allowed] = [count("min"), count("max"), word("item"), word("allowed")];
  if (plain.has(code)) return t(code as Plain);
  switch (code) {
    case "wrong_type": return types.has(word("expected") ?? "") ? t(word("expected") as Plain) : t("other_type");
    case "too_long": return max === null ? detail : t("too_long", { n: max });
    case "too_short": return min === null ? detail : t("too_short", { n: min });
    case "too_many": return max === null ? detail : t("too_many", { n: max });
    case "too_few": return min === null ? detail : t("too_few", { n: min });
    case "too_small": return min === null ? detail : t("too_small", { min });
    case "too_large": return max === null ? detail : t("too_large", { max });
    case "out_of_range": return min === null || max === null ? detail : t("out_of_range", { min, max });
    case "wrong_length": return min === null || max === null ? detail : t("wrong_length", { min, max });
    case "not_one_of": return allowed === null ? detail : t("not_one_of", { allowed });
    case "no_such": return item === null ? detail : t("no_such", { item });
    case "no_rule": return word("at") === null ? detail : t("no_rule", { at: word("at") ?? "" });
    case "sound_long": return max === null ? detail : t("sound_long", { max });
    case "twice": return item === null ? detail : t("twice", { item });
    default: return detail;
  }
}
