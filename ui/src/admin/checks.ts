/** What the forms check themselves before anything is sent; the center checks everything again. */
import { t } from "../i18n/admin_forms";
import { intervalFault } from "./hours";
import { idPattern } from "./ids";
import { wordsLimit, type Calendar, type Inbox, type Mailbox, type Person, type Queue, type Reply, type Score } from "./types";

export type Faults = Map<string, string>;

const address = /^[^@\s]+@[^@\s]+$/;

/** Name and id; `taken` is given for something new. */
export function checkNamed(value: { id: string; name: string }, taken: readonly string[] | null): Faults {
  const faults: Faults = new Map();
  if (value.name.trim() === "") faults.set("name", t("missing"));
  if (taken !== null) {
    if (value.id === "") faults.set("id", t("missing"));
    else if (!idPattern.test(value.id)) faults.set("id", t("idWrong"));
    else if (taken.includes(value.id)) faults.set("id", t("idTaken"));
  }
  return faults;
}

export function checkQueue(queue: Queue, taken: readonly string[] | null): Faults {
  const faults = checkNamed(queue, taken);
  const leads = queue.when_closed === "overflow" || queue.when_unstaffed === "overflow" || queue.overflow_after_ms > 0 || queue.overflow_waiting > 0;
  if (leads && queue.overflow_to === null) faults.set("overflow_to", t("overflowMissing"));
  const said = Object.values(queue.words).flatMap((texts) => Object.values(texts));
  if (said.some((text) => text.trim() === "" || text.length > wordsLimit)) faults.set("words", t("wordsWrong", { n: wordsLimit }));
  return faults;
}

export function checkCalendar(calendar: Calendar, taken: readonly string[] | null): Faults {
  const faults = checkNamed(calendar, taken);
  try {
    new Intl.DateTimeFormat("en", { timeZone: calendar.zone });
  } catch {
    faults.set("zone", t("zoneWrong"));
  }
  for (const [field, days] of [["week", calendar.week], ["exceptions", calendar.exceptions]] as const) {
    for (const [day, intervals] of Object.entries(days)) {
      const fault = intervalFault(intervals);
      if (fault !== null) faults.set(`${field}.${day}`, t(fault));
    }
  }
  return faults;
}

export function checkInbox(inbox: Inbox, taken: readonly string[] | null): Faults {
  const faults = checkNamed(inbox, taken);
  if (inbox.queue === "") faults.set("queue", t("missing"));
  return faults;
}

/** What is wrong with a score: 0 to 1, in its interval, from a whole number of results. */
export function scoreFault(score: Score): "scoreRange" | "scoreCount" | "scoreHalf" | "scoreInterval" | null {
  const share = (value: number | null): boolean => value === null || (value >= 0 && value <= 1);
  if (!share(score.value) || !share(score.low) || !share(score.high)) return "scoreRange";
  if (!Number.isInteger(score.n) || score.n < 0) return "scoreCount";
  if ((score.low === null) !== (score.high === null)) return "scoreHalf";
  return score.low !== null && score.high !== null && (score.low > score.value || score.value > score.high) ? "scoreInterval" : null;
}

export function checkPerson(person: Person): Faults {
  const faults: Faults = new Map();
  if (person.user.name.trim() === "") faults.set("name", t("missing"));
  if (person.user.login.trim().length < 2) faults.set("login", t("loginShort"));
  if (person.user.email !== null && person.user.email !== "" && !address.test(person.user.email)) faults.set("email", t("emailWrong"));
  if (person.user.roles.length === 0) faults.set("roles", t("roleMissing"));
  for (const [trait, score] of Object.entries(person.agent.scores)) {
    const fault = scoreFault(score);
    if (fault !== null) faults.set(`scores.${trait}`, t(fault));
  }
  if (person.password !== "" && person.password.length < 10) faults.set("password", t("passwordShort"));
  return faults;
}

export function checkReply(reply: Reply): Faults {
  const faults: Faults = new Map();
  if (!/^\/?[\p{L}\p{N}_-]{1,32}$/u.test(reply.shortcut.trim())) faults.set("shortcut", t("shortcutWrong"));
  if (reply.title.trim() === "") faults.set("title", t("missing"));
  if (reply.text.trim() === "") faults.set("text", t("missing"));
  return faults;
}

export function checkMailbox(mailbox: Mailbox): Faults {
  const faults: Faults = new Map();
  if (!address.test(mailbox.address)) faults.set("address", t("addressWrong"));
  if (mailbox.name.trim() === "") faults.set("name", t("missing"));
  if (mailbox.inbox === "") faults.set("inbox", t("missing"));
  if (mailbox.imap !== null) {
    if (mailbox.imap.host.trim() === "") faults.set("host", t("missing"));
    if (mailbox.imap.user.trim() === "") faults.set("user", t("missing"));
    if (!(mailbox.imap.port >= 1 && mailbox.imap.port <= 65535)) faults.set("port", t("portWrong"));
  }
  return faults;
}
