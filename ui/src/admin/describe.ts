/** One line about each entry of a list, and the filters of the lists. */
import { t as admin } from "../i18n/admin";
import { t } from "../i18n/admin_forms";
import { number, percent, span } from "../i18n/format";
import { isLocale, localeNames } from "../i18n/locale.svelte";
import { t as word } from "../i18n/parts";
import { t as shell } from "../i18n/shell";
import { catalogue } from "./catalogue.svelte";
import { weekHours } from "./hours";
import type { Item, Listed } from "./sections";
import type { Calendar, Inbox, KeptMailbox, Queue, Reason, Reply, Segment, Skill, User } from "./types";

const queueName = (id: string): string => catalogue.config?.queues.find((queue) => queue.id === id)?.name ?? id;

const ownName = (tag: string): string => (isLocale(tag) ? localeNames[tag] : tag);

/** What stands under the name. */
export function lineOf(section: Listed, item: Item): string {
  switch (section) {
    case "users": {
      const user = item.value as User;
      const said = [user.login, ...user.roles.map((role) => shell(`role.${role}`))];
      return (user.active ? said : [...said, t("deactivated")]).join(" · ");
    }
    case "teams": return t("peopleCount", { n: (catalogue.config?.agents ?? []).filter((agent) => agent.team === item.id).length });
    case "skills": {
      const able = (catalogue.config?.agents ?? []).filter((agent) => agent.skills[item.id] !== undefined).length;
      return [...((item.value as Skill).language ? [t("language")] : []), t("peopleCount", { n: able })].join(" · ");
    }
    case "queues": {
      const queue = item.value as Queue;
      const hours = catalogue.config?.calendars.find((one) => one.id === queue.calendar)?.name ?? t("alwaysOpen");
      return `${percent(queue.target.share_pct / 100)} / ${span(queue.target.within_ms)} · ${hours}`;
    }
    case "hours": {
      const hours = item.value as Calendar;
      return `${hours.zone} · ${t("hoursWeek", { n: weekHours(hours) })}`;
    }
    case "segments": {
      const segment = item.value as Segment;
      return segment.head_start_ms > 0 ? `${t("headStart")} ${span(segment.head_start_ms)}` : `${t("value")} ${number(segment.value)}`;
    }
    case "inboxes": {
      const inbox = item.value as Inbox;
      return `${word(`medium.${inbox.medium}`)} · ${queueName(inbox.queue)}`;
    }
    case "mailboxes": {
      const box = item.value as KeptMailbox;
      const inbox = catalogue.config?.inboxes.find((one) => one.id === box.inbox)?.name ?? box.inbox;
      return `${inbox} · ${box.active ? t(`mail.${box.state}`) : t("mail.off")}`;
    }
    case "dispositions": {
      const { queues } = item.value as { queues: string[] };
      return queues.length === 0 ? t("allQueues") : queues.map(queueName).join(", ");
    }
    case "reasons": return word(`presence.${(item.value as Reason).presence}`);
    case "canned": {
      const reply = item.value as Reply;
      return `/${reply.shortcut}${reply.language === "" ? "" : ` · ${ownName(reply.language)}`}`;
    }
  }
}

export interface Filter {
  readonly key: string;
  readonly label: string;
  readonly lets: (item: Item) => boolean;
}

/** The filters of a section's list; the first lets everything through. */
export function filtersOf(section: Listed): readonly Filter[] {
  const all: Filter = { key: "all", label: admin("all"), lets: () => true };
  const user = (item: Item): User => item.value as User;
  switch (section) {
    case "users": return [
      all,
      ...(["agent", "supervisor", "administrator"] as const).map((role): Filter => ({ key: role, label: shell(`role.${role}`), lets: (item) => user(item).active && user(item).roles.includes(role) })),
      { key: "off", label: admin("inactive"), lets: (item) => !user(item).active },
    ];
    case "skills": return [
      all,
      { key: "language", label: t("languages"), lets: (item) => (item.value as Skill).language },
      { key: "topic", label: t("topics"), lets: (item) => !(item.value as Skill).language },
    ];
    case "inboxes": return [all, ...(["chat", "email"] as const).map((medium): Filter => ({ key: medium, label: word(`medium.${medium}`), lets: (item) => (item.value as Inbox).medium === medium }))];
    case "canned": return [all, ...[...new Set(catalogue.replies.map((reply) => reply.language).filter((tag) => tag !== ""))].sort().map((tag): Filter => ({ key: tag, label: ownName(tag), lets: (item) => (item.value as Reply).language === tag }))];
    default: return [];
  }
}
