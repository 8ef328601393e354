/** The words of the audit: deeds, kinds, and values as they can be read. */
import { t as settings } from "../i18n/admin";
import { t } from "../i18n/audit";
import type { PlainKeyOf } from "../i18n/room";
import { isListed, placeOf } from "./sections";

const isKnown = (key: string): key is PlainKeyOf<typeof t> => Object.hasOwn(t.catalogue.en, key);

/** What was done; a word that we do not know is shown as it is. */
export function didWord(action: string): string {
  const key = `did.${action.replaceAll(" ", "_")}`;
  return isKnown(key) ? t(key) : action;
}

export function kindWord(kind: string): string {
  const key = `kind.${kind.replaceAll(" ", "_")}`;
  if (isKnown(key)) return t(key);
  const section = placeOf(kind, "")?.section ?? (kind === "mailbox" ? "mailboxes" : null);
  return section !== null && isListed(section) ? settings(`one.${section}`) : kind;
}

/** A value of the record in one line: JSON without its quotes. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "string") return value;
  return JSON.stringify(value).replaceAll('"', "").replaceAll(",", ", ");
}
