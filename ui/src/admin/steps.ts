/** What a center needs before it can serve anybody, in the order in which one thing asks for another. */
import type { Config, Mailbox, User } from "./types";

export interface Step {
  readonly section: "hours" | "skills" | "queues" | "users" | "inboxes" | "mailboxes" | "dispositions" | "reasons";
  readonly n: number;
  readonly done: boolean;
  /** A center works without it. */
  readonly optional: boolean;
}

/** The steps; people count when one of them answers customers, a mailbox is needed when there is an inbox for e-mail. */
export function steps(config: Config | null, users: readonly User[], mailboxes: readonly Mailbox[]): readonly Step[] {
  const agents = users.filter((user) => user.active && user.roles.includes("agent")).length;
  const mail = config?.inboxes.some((inbox) => inbox.medium === "email") === true;
  const step = (section: Step["section"], n: number, optional = false, done = n > 0): Step => ({ section, n, done, optional });
  return [
    step("hours", config?.calendars.length ?? 0),
    step("skills", config?.skills.length ?? 0),
    step("queues", config?.queues.length ?? 0),
    step("users", users.length, false, agents > 0),
    step("inboxes", config?.inboxes.length ?? 0),
    step("mailboxes", mailboxes.length, !mail),
    step("dispositions", config?.dispositions.length ?? 0, true),
    step("reasons", config?.reasons.length ?? 0, true),
  ];
}
