/** What the keys of a policy's text are called when a change is told in words. */
import { room } from "./room";

export const t = room({
  en: {
    name: "name", comment: "comment", rule: "rule", seed: "seed", slider: "slider", fair_to_best: "fair to best match", match: "match", quality: "quality", productivity: "productivity", sales: "sales", interpersonal: "interpersonal",
    prices: "prices by forecast", guard: "guard of the targets", every: "looks every", window: "looks back", step: "step", at_most: "at most", least: "at least",
    head_start: "head start", value: "value", target: "service level", segments: "segments", queues: "queues", hours: "hours", preferred: "waits for the preferred agent", plan: "plan", after: "opens after", needs: "needs", any_of: "needs one of", agents: "only these agents", language: "language",
    wrap_up: "wrap-up", mode: "mode", limit: "limit", then: "then", when_closed: "when closed", when_unstaffed: "when nobody is signed in", overflow: "overflow", to: "to", waiting: "when so many wait", words: "words for the customer",
    zone: "time zone", exceptions: "exceptions", capacity: "capacity", teams: "teams", trainee: "trainees", slots: "at once", total: "load in all", weights: "weight", interrupts: "may interrupt", medium_offsets: "served later by",
    modes: "modes", when: "begins", until: "ends", calm: "calm for", queue: "queue", head_starts: "head starts", affinities: "affinities", trait: "group", bonus: "bonus", reason: "reason", dedicated: "served by", load_handicap: "each one in hand counts as",
    time_outs: "time-outs", offer: "offer", declined: "not asked again after declining", transfer: "waits for the colleague", consult: "consultation", agent_lost: "agent without connection", customer_lost_waiting: "customer left while waiting", customer_lost_talking: "customer left while talking", chat_idle: "silent chat",
    stakes: "what is at stake", privacy: "privacy", reveals_per_hour: "reveals per hour", unmasked: "readable for",
    closed: "closed", unstaffed: "nobody signed in", busy: "everybody busy",
  },
  ru: {
    name: "название", comment: "пояснение", rule: "правило", seed: "зерно", slider: "ползунок", fair_to_best: "от поровну к лучшему", match: "соответствие", quality: "качество", productivity: "производительность", sales: "продажи", interpersonal: "общение",
    prices: "цены по прогнозу", guard: "страж целей", every: "смотрит каждые", window: "смотрит назад", step: "шаг", at_most: "не больше", least: "не меньше",
    head_start: "фора", value: "ценность", target: "уровень сервиса", segments: "сегменты", queues: "очереди", hours: "часы работы", preferred: "ждёт знакомого оператора", plan: "план", after: "открывается через", needs: "нужны", any_of: "нужно одно из", agents: "только эти операторы", language: "язык",
    wrap_up: "оформление", mode: "режим", limit: "предел", then: "потом", when_closed: "когда закрыто", when_unstaffed: "когда никого нет", overflow: "перелив", to: "куда", waiting: "когда столько ждёт", words: "слова клиенту",
    zone: "часовой пояс", exceptions: "исключения", capacity: "ёмкость", teams: "группы", trainee: "стажёры", slots: "сразу", total: "нагрузка всего", weights: "вес", interrupts: "может прервать", medium_offsets: "обслуживается позже на",
    modes: "режимы", when: "начинается", until: "кончается", calm: "спокойно в течение", queue: "очередь", head_starts: "фора", affinities: "близость", trait: "признак", bonus: "надбавка", reason: "причина", dedicated: "обслуживает", load_handicap: "каждый разговор в работе считается за",
    time_outs: "сроки", offer: "предложение", declined: "после отказа не звать", transfer: "ждать коллегу", consult: "консультация", agent_lost: "оператор без связи", customer_lost_waiting: "клиент ушёл, не дождавшись", customer_lost_talking: "клиент ушёл из разговора", chat_idle: "молчание в чате",
    stakes: "что на кону", privacy: "личные данные", reveals_per_hour: "показов в час", unmasked: "доступно",
    closed: "закрыто", unstaffed: "никого нет", busy: "все заняты",
  },
  pl: {
    name: "nazwa", comment: "uwaga", rule: "reguła", seed: "ziarno", slider: "suwak", fair_to_best: "od równo do najlepszego", match: "dopasowanie", quality: "jakość", productivity: "wydajność", sales: "sprzedaż", interpersonal: "kontakt",
    prices: "ceny według prognozy", guard: "straż celów", every: "sprawdza co", window: "patrzy wstecz", step: "krok", at_most: "najwyżej", least: "co najmniej",
    head_start: "fory", value: "wartość", target: "poziom obsługi", segments: "segmenty", queues: "kolejki", hours: "godziny", preferred: "czeka na znaną osobę", plan: "plan", after: "otwiera się po", needs: "wymaga", any_of: "wymaga jednego z", agents: "tylko te osoby", language: "język",
    wrap_up: "podsumowanie", mode: "tryb", limit: "limit", then: "potem", when_closed: "gdy zamknięte", when_unstaffed: "gdy nikogo nie ma", overflow: "przelanie", to: "dokąd", waiting: "gdy tyle czeka", words: "słowa do klienta",
    zone: "strefa czasowa", exceptions: "wyjątki", capacity: "pojemność", teams: "zespoły", trainee: "osoby szkolone", slots: "naraz", total: "obciążenie razem", weights: "waga", interrupts: "może przerwać", medium_offsets: "obsługa później o",
    modes: "tryby", when: "zaczyna się", until: "kończy się", calm: "spokój przez", queue: "kolejka", head_starts: "fory", affinities: "podobieństwo", trait: "cecha", bonus: "premia", reason: "powód", dedicated: "obsługuje", load_handicap: "każda rozmowa w pracy liczy się jako",
    time_outs: "limity czasu", offer: "oferta", declined: "po odrzuceniu bez pytania", transfer: "czekanie na osobę", consult: "konsultacja", agent_lost: "osoba bez połączenia", customer_lost_waiting: "klient odszedł z kolejki", customer_lost_talking: "klient odszedł z rozmowy", chat_idle: "cisza na czacie",
    stakes: "stawka", privacy: "dane osobowe", reveals_per_hour: "odsłon na godzinę", unmasked: "widoczne przez",
    closed: "zamknięte", unstaffed: "nikogo nie ma", busy: "wszyscy zajęci",
  },
});
