/** The words of the audit: deeds, kinds, and values as they can be read. */
import { t } from "../i18n/admin";
import { isListed, placeOf } from "./sections";

const deeds = ["created", "changed", "removed", "renew", "erased", "imported", "signed_in", "signed_out", "sign_in_failed"] as const;
const kinds = ["user", "agent", "session", "interaction", "identity_secret", "customer"] as const;

/** What was done; a word that we do not know is shown as it is. */
export function didWord(action: string): string {
  const known = deeds.find((one) => one === action);
  return known === undefined ? action : t(`did.${known}`);
}

export function kindWord(kind: string): string {
  const own = kinds.find((one) => one === kind);
  if (own !== undefined) return t(`kind.${own}`);
  if (kind === "policy") return t("one.policy");
  if (kind === "canned reply" || kind === "canned_reply") return t("one.canned");
  const section = placeOf(kind, "")?.section ?? (kind === "mailbox" ? "mailboxes" : null);
  return section !== null && isListed(section) ? t(`one.${section}`) : kind;
}

/** A value of the record in one line: JSON without its quotes. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "string") return value;
  return JSON.stringify(value).replaceAll('"', "").replaceAll(",", ", ");
}
