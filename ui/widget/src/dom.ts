/** Making elements without markup strings: text from people can never become HTML. */

type Attribute = string | number | boolean | null | undefined | ((event: never) => void);
export type Child = Node | string | null | undefined | false;

function setAttribute(element: Element, name: string, value: Attribute): void {
  if (value === null || value === undefined || value === false) return;
  if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
  else element.setAttribute(name, value === true ? "" : String(value));
}

/** A new element; an attribute that starts with "on" is a listener, false and null are left out. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, Attribute> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children.filter((child): child is Node | string => Boolean(child)));
  return element;
}

/** Replaces everything inside `parent`. */
export function fill(parent: Element, ...children: Child[]): void {
  parent.replaceChildren(...children.filter((child): child is Node | string => Boolean(child)));
}

/** One row of a list: `sign` changes when the row must be drawn again. */
export interface Row {
  key: string;
  sign: string;
  draw: () => HTMLElement;
}

interface Drawn {
  sign: string;
  node: HTMLElement;
}

/** Keeps the children of one element equal to a list of rows, touching only what changed. */
export class Rows {
  private drawn = new Map<string, Drawn>();

  constructor(private readonly parent: HTMLElement) {}

  show(rows: readonly Row[]): void {
    const kept = new Map<string, Drawn>();
    let before: ChildNode | null = this.parent.firstChild;
    for (const row of rows) {
      const old = this.drawn.get(row.key);
      const now = old && old.sign === row.sign ? old : { sign: row.sign, node: row.draw() };
      if (old && old !== now) {
        if (before === old.node) before = now.node;
        old.node.replaceWith(now.node);
      }
      if (now.node === before) before = before.nextSibling;
      else this.parent.insertBefore(now.node, before);
      kept.set(row.key, now);
    }
    for (const [key, old] of this.drawn) if (!kept.has(key)) old.node.remove();
    this.drawn = kept;
  }
}
