/** The rules of writing and showing mail: who an answer goes to, its subject, and the page in which strangers' HTML is shown. */
import type { Attached, Envelope, Said } from "./said";

/** The bare address of `Helen <helen@example.org>`. */
export function bare(address: string): string {
  return (/<([^<>]*)>\s*$/.exec(address)?.[1] ?? address).trim();
}

/** Addresses as somebody typed them: separated by commas, semicolons or lines; a comma inside quotes belongs to a name. */
export function addresses(typed: string): string[] {
  return (typed.match(/(?:"[^"]*"|[^,;\n])+/g) ?? []).map((one) => one.trim()).filter((one) => one !== "");
}

/** Whether that can be an address; the center looks more closely. */
export function isAddress(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(bare(text));
}

export type Mode = "reply" | "reply_all" | "forward";

export interface Recipients {
  readonly to: readonly string[];
  readonly cc: readonly string[];
}

/** The last mail that an answer answers: the customer's, or ours when they have not written since. */
export function answered(messages: readonly Said[]): Said | null {
  return messages.findLast((message) => message.email !== null && message.state !== "unsent" && message.state !== "failed") ?? null;
}

/** Our own addresses, as far as this conversation tells: those we wrote from, else the first that the customer wrote to. */
export function ownAddresses(messages: readonly Said[]): string[] {
  const sent = messages.flatMap((message) => (message.email !== null && message.author !== "customer" && message.email.from !== "" ? [message.email.from] : []));
  const first = messages.find((message) => message.email !== null && message.author === "customer")?.email?.to[0];
  return (sent.length > 0 ? sent : first === undefined ? [] : [first]).map((one) => bare(one).toLowerCase());
}

/** Who an answer to `last` goes to; never we ourselves. */
export function recipients(last: Said | null, mode: Mode, own: readonly string[]): Recipients {
  const email = last?.email;
  if (last === null || !email || mode === "forward") return { to: [], cc: [] };
  const theirs = last.author === "customer";
  const to = theirs ? (email.reply_to !== undefined && email.reply_to.length > 0 ? [...email.reply_to] : [email.from]) : [...email.to];
  if (mode === "reply") return { to, cc: [] };
  const also = theirs ? [...email.to, ...email.cc] : email.cc;
  const taken = new Set([...own, ...to.map((one) => bare(one).toLowerCase())]);
  return { to, cc: also.filter((one) => !taken.has(bare(one).toLowerCase())) };
}

const marks = /^((re|fwd?|odp|pd|отв|ответ)(\[\d+\])?\s*:\s*)+/i;

/** "Re: Lamp" once, however often it went back and forth. */
export function subjectFor(email: Envelope | null, mode: Mode): string {
  const before = (email?.subject ?? "").trim().replace(marks, "");
  return `${mode === "forward" ? "Fwd" : "Re"}: ${before}`;
}

interface FrameOptions {
  readonly files: readonly Attached[];
  readonly pictures: boolean;
  readonly origin: string;
}

/** The document in which a mail's cleaned HTML is shown: its own pictures from our files, others only when asked for. */
export function frameDocument(html: string, { files, pictures, origin }: FrameOptions): string {
  const byContent = new Map(files.filter((file) => file.content_id).map((file) => [file.content_id ?? "", file.id]));
  const own = html.replace(/data-cid="([^"]*)"/g, (whole, id: string) => {
    const file = byContent.get(id);
    return file === undefined ? whole : `src="${origin}/api/v1/files/${encodeURIComponent(file)}"`;
  });
  const shown = pictures ? own.replaceAll("data-remote-src=", "src=") : own;
  const policy = `default-src 'none'; img-src ${origin} data:${pictures ? " https:" : ""}; style-src 'unsafe-inline'`;
  const style = "html{overflow-x:auto;overflow-y:hidden}body{margin:0;padding:12px 16px;font:14px/20px system-ui,sans-serif;color:#222;background:#fff;overflow-wrap:anywhere}img{max-width:100%;height:auto}img:not([src]){display:none}pre{white-space:pre-wrap}blockquote{margin:8px 0 8px 4px;padding-left:12px;border-left:2px solid #ccc;color:#555}";
  return `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><base target="_blank"><style>${style}</style></head><body>${shown}</body></html>`;
}
