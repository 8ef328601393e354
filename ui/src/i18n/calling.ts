/** Words of calls that an agent begins, of talks that go to a number outside, and why a call ended. */
import { room } from "./room";

export const t = room({
  en: {
    call: "Call",
    callSomebody: "Call somebody",
    callNumber: "Call {number}",
    number: "Number",
    numberHint: "With the country's code, as +48 22 123 45 67",
    queue: "On behalf of",
    rings: "Your own phone rings first.",
    callAllTheSame: "Call all the same",
    badMoment: "This is no good moment: {why}.",
    mayNot: "This person is not to be called: {why}.",
    "why.cap": "they were called often enough lately",
    "why.quiet_hours": "these are their quiet hours",
    "why.deceased": "the person has died",
    "why.restricted": "their data may not be used",
    "why.withdrawn": "they asked for no calls",
    "why.no_consent": "they have not agreed to it",
    "why.abusive": "calls to them are blocked",
    "refused.no_numbers": "No network here calls numbers.",
    "refused.no_network": "The telephone network does not answer just now.",
    "refused.no_phone_known": "No telephone number of this customer is known.",
    "refused.no_capacity": "Finish what is in hand first.",
    "refused.offered_now": "Something rings for you just now.",
    "refused.agent_offline": "Sign in to your work first.",
    orNumber: "Or a number outside",
    outsideRings: "A number outside is being called.",
    outsideTalks: "Somebody outside is on the line.",
    together: "Talk all together",
    handOver: "Leave them to each other",
    letGo: "Hang up on them",
    takeOver: "Take over",
    "refused.not_allowed": "This center does not allow that.",
    "event.begun": "Called by {name}",
    "cause.busy": "The line was busy",
    "cause.no_answer": "Nobody answered",
    "cause.rejected": "The call was refused",
    "cause.unreachable": "The number could not be reached",
    "cause.failed": "The call failed",
    "cause.cancelled": "The call was given up",
    "cause.customer_lost": "The connection was lost",
    "cause.not_called": "Nobody was called: the agent's phone was not picked up",
    "cause.transferred_out": "The talk went to a number outside",
    "cause.voicemail": "The customer left a message",
  },
  ru: {
    call: "Позвонить",
    callSomebody: "Позвонить",
    callNumber: "Позвонить: {number}",
    number: "Номер",
    numberHint: "С кодом страны, например +7 495 123-45-67",
    queue: "От имени",
    rings: "Сначала зазвонит ваш телефон.",
    callAllTheSame: "Всё равно позвонить",
    badMoment: "Сейчас лучше не звонить: {why}.",
    mayNot: "Этому человеку звонить нельзя: {why}.",
    "why.cap": "ему недавно уже звонили",
    "why.quiet_hours": "у него тихие часы",
    "why.deceased": "он умер",
    "why.restricted": "использование его данных ограничено",
    "why.withdrawn": "он просил не звонить",
    "why.no_consent": "он не давал согласия",
    "why.abusive": "звонки ему заблокированы",
    "refused.no_numbers": "Здесь нет сети, которая звонит на номера.",
    "refused.no_network": "Телефонная сеть сейчас не отвечает.",
    "refused.no_phone_known": "Телефон этого клиента неизвестен.",
    "refused.no_capacity": "Сначала завершите то, что в работе.",
    "refused.offered_now": "Вам как раз поступает обращение.",
    "refused.agent_offline": "Сначала начните смену.",
    orNumber: "Или внешний номер",
    outsideRings: "Идёт звонок на внешний номер.",
    outsideTalks: "На линии внешний собеседник.",
    together: "Говорить всем вместе",
    handOver: "Оставить их вдвоём",
    letGo: "Отключить его",
    takeOver: "Принять разговор",
    "refused.not_allowed": "В этом центре это не разрешено.",
    "event.begun": "Позвонил оператор: {name}",
    "cause.busy": "Номер занят",
    "cause.no_answer": "Никто не ответил",
    "cause.rejected": "Звонок отклонён",
    "cause.unreachable": "Номер недоступен",
    "cause.failed": "Звонок не удался",
    "cause.cancelled": "Звонок отменён",
    "cause.customer_lost": "Связь прервалась",
    "cause.not_called": "Звонок не состоялся: оператор не взял трубку",
    "cause.transferred_out": "Разговор передан на внешний номер",
    "cause.voicemail": "Клиент оставил голосовое сообщение",
  },
  pl: {
    call: "Zadzwoń",
    callSomebody: "Zadzwoń",
    callNumber: "Zadzwoń: {number}",
    number: "Numer",
    numberHint: "Z numerem kraju, np. +48 22 123 45 67",
    queue: "W imieniu",
    rings: "Najpierw zadzwoni twój telefon.",
    callAllTheSame: "Zadzwoń mimo to",
    badMoment: "To nie jest dobra chwila: {why}.",
    mayNot: "Do tej osoby nie wolno dzwonić: {why}.",
    "why.cap": "dzwoniono do niej ostatnio wystarczająco często",
    "why.quiet_hours": "trwa jej cisza telefoniczna",
    "why.deceased": "osoba nie żyje",
    "why.restricted": "jej danych nie wolno używać",
    "why.withdrawn": "nie życzy sobie telefonów",
    "why.no_consent": "nie wyraziła zgody",
    "why.abusive": "telefony do niej są zablokowane",
    "refused.no_numbers": "Żadna sieć nie dzwoni tu na numery.",
    "refused.no_network": "Sieć telefoniczna teraz nie odpowiada.",
    "refused.no_phone_known": "Nie znamy telefonu tego klienta.",
    "refused.no_capacity": "Najpierw skończ to, co masz w pracy.",
    "refused.offered_now": "Właśnie coś do ciebie dzwoni.",
    "refused.agent_offline": "Najpierw rozpocznij pracę.",
    orNumber: "Albo numer zewnętrzny",
    outsideRings: "Trwa wybieranie numeru zewnętrznego.",
    outsideTalks: "Na linii jest ktoś z zewnątrz.",
    together: "Rozmawiajcie razem",
    handOver: "Zostaw ich ze sobą",
    letGo: "Rozłącz go",
    takeOver: "Przejmij rozmowę",
    "refused.not_allowed": "To centrum na to nie pozwala.",
    "event.begun": "Zadzwonił konsultant: {name}",
    "cause.busy": "Numer był zajęty",
    "cause.no_answer": "Nikt nie odebrał",
    "cause.rejected": "Połączenie odrzucono",
    "cause.unreachable": "Numer był nieosiągalny",
    "cause.failed": "Połączenie się nie udało",
    "cause.cancelled": "Połączenie przerwano",
    "cause.customer_lost": "Połączenie zostało utracone",
    "cause.not_called": "Nie zadzwoniono: konsultant nie podniósł słuchawki",
    "cause.transferred_out": "Rozmowa przeszła na numer zewnętrzny",
    "cause.voicemail": "Klient zostawił wiadomość",
  },
});

const causes = ["busy", "no_answer", "rejected", "unreachable", "failed", "cancelled", "customer_lost", "not_called", "transferred_out", "voicemail"] as const;
const reasons = ["cap", "quiet_hours", "deceased", "restricted", "withdrawn", "no_consent", "abusive"] as const;
const refusals = ["no_numbers", "no_network", "no_phone_known", "no_capacity", "offered_now", "agent_offline", "not_allowed"] as const;

/** Why a call ended, in words; the center's own word where this page knows none. */
export function said(cause: string): string {
  const known = causes.find((one) => one === cause);
  return known === undefined ? cause : t(`cause.${known}`);
}

/** Whether the cause of an end says more than that somebody ended it. */
export function isTold(cause: string): boolean {
  return causes.some((one) => one === cause);
}

/** Why somebody is not to be called, in words. */
export function why(given: string): string {
  return given.split(",").map((one) => reasons.find((known) => known === one)).filter((one) => one !== undefined).map((one) => t(`why.${one}`)).join(", ");
}

/** A refusal in words; null for one that says itself elsewhere. */
export function refused(code: string): string | null {
  const known = refusals.find((one) => one === code);
  return known === undefined ? null : t(`refused.${known}`);
}
