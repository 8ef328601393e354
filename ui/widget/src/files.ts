/** May this file be sent: its size and type against what the inbox takes. */

export interface Taken {
  name: string;
  type: string;
  size: number;
}

export interface FileRule {
  file_limit_bytes: number;
  file_types: readonly string[];
}

/** Whether a rule such as "image/*", "application/pdf", ".docx" or "docx" fits the file. */
function fits(rule: string, file: Taken): boolean {
  const wanted = rule.toLowerCase();
  if (wanted === "*" || wanted === "*/*") return true;
  if (wanted.endsWith("/*")) return file.type.startsWith(wanted.slice(0, -1));
  if (wanted.includes("/")) return file.type === wanted;
  return file.name.toLowerCase().endsWith(wanted.startsWith(".") ? wanted : `.${wanted}`);
}

/** Why the file is refused, or null when it may go; a browser that knows no type leaves it to the center. */
export function fault(file: Taken, rule: FileRule): "size" | "type" | "empty" | null {
  if (file.size === 0) return "empty";
  if (rule.file_limit_bytes && file.size > rule.file_limit_bytes) return "size";
  const unknown = file.type === "" && rule.file_types.every((each) => each.includes("/"));
  if (!rule.file_types.length || unknown) return null;
  return rule.file_types.some((each) => fits(each, file)) ? null : "type";
}

/** The value of an input's `accept`; nothing when everything is taken. */
export function acceptList(types: readonly string[]): string | null {
  return types.map((type) => (type.includes("/") || type.startsWith(".") ? type : `.${type}`)).join(",") || null;
}
