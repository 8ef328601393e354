/** The words of the audit: deeds, kinds, fields, and values as they can be read. */
import { t as settings } from "../i18n/admin";
import { t as forms } from "../i18n/admin_forms";
import { t } from "../i18n/audit";
import { t as policy } from "../i18n/policy_keys";
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

const isOnForms = (key: string): key is PlainKeyOf<typeof forms> => Object.hasOwn(forms.catalogue.en, key);
const isOfPolicy = (key: string): key is PlainKeyOf<typeof policy> => Object.hasOwn(policy.catalogue.en, key);

/** A field by the words that stand beside it where it is edited; one without such words stays as it is. */
export function fieldWord(field: string): string {
  const plain = field.replace(/_ms$/, "");
  const own = `field.${plain}`;
  const onForms = plain.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  if (isKnown(own)) return t(own);
  if (isOnForms(onForms)) return forms(onForms);
  return isOfPolicy(plain) ? policy(plain) : field;
}

/** A value of the record in one line: JSON without its quotes. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "string") return value;
  return JSON.stringify(value).replaceAll('"', "").replaceAll(",", ", ");
}
