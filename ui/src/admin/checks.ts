/** What the forms check themselves before anything is sent; the center checks everything again. */
import { t } from "../i18n/admin_forms";
import { intervalFault } from "./hours";
import { idPattern } from "./ids";
import type { Calendar, Inbox, Mailbox, Person, Queue, Reply } from "./types";

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
  const leads = queue.when_closed === "overflow" || queue.when_unstaffed === "overflow" || queue.overflow_after_ms > 0;
  if (leads && queue.overflow_to === null) faults.set("overflow_to", t("overflowMissing"));
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

export function checkPerson(person: Person): Faults {
  const faults: Faults = new Map();
  if (person.user.name.trim() === "") faults.set("name", t("missing"));
  if (person.user.login.trim().length < 2) faults.set("login", t("loginShort"));
  if (person.user.email !== null && person.user.email !== "" && !address.test(person.user.email)) faults.set("email", t("emailWrong"));
  if (person.user.roles.length === 0) faults.set("roles", t("roleMissing"));
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
