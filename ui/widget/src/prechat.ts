/** Which questions stand before a chat, read leniently from what the inbox says. */
import type { Prechat } from "./door";

export type Need = "required" | "optional" | "none";

export interface Choice {
  value: string;
  label: string;
}

export interface Questions {
  name: Need;
  email: Need;
  reasons: Choice[];
}

function need(value: unknown): Need {
  if (value === "required") return "required";
  if (value === "optional" || value === true) return "optional";
  return "none";
}

function choice(value: unknown): Choice | null {
  if (typeof value === "string") return { value, label: value.charAt(0).toLocaleUpperCase() + value.slice(1) };
  if (!value || typeof value !== "object") return null;
  const { id, value: own, name, label } = value as Record<string, unknown>;
  const key = id ?? own;
  const shown = name ?? label ?? key;
  return typeof key === "string" && typeof shown === "string" ? { value: key, label: shown } : null;
}

/** The questions of an inbox; a reason is asked when there is more than one to choose from. */
export function questions(prechat: Prechat | null): Questions {
  const list = Array.isArray(prechat?.reason) ? prechat.reason : [];
  const reasons = list.map(choice).filter((each): each is Choice => each !== null);
  return {
    name: need(prechat?.name),
    email: need(prechat?.email),
    reasons: reasons.length > 1 ? reasons : [],
  };
}
