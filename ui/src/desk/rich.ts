/** The rich text editor of mails: bold, italic, lists and links, nothing more. Loaded when a mail is first answered. */
import { Editor } from "@tiptap/core";
import StarterKit from "@tiptap/starter-kit";
import { slashAt } from "./canned";

export type Mark = "bold" | "italic" | "bulletList" | "orderedList" | "link";

export interface RichOptions {
  readonly element: HTMLElement;
  readonly content: string;
  readonly label: string;
  readonly onchange: (text: string, html: string) => void;
  /** True when the key was used. */
  readonly onkey: (event: KeyboardEvent) => boolean;
}

export interface RichEditor {
  readonly focus: () => void;
  /** Calls `heard` when the caret or the marks at it changed, until the result is called. */
  readonly onMove: (heard: () => void) => () => void;
  readonly set: (content: string) => void;
  readonly toggle: (mark: Exclude<Mark, "link">) => void;
  readonly isOn: (mark: Mark) => boolean;
  /** The address of the link at the caret. */
  readonly linkAt: () => string;
  readonly link: (address: string) => void;
  readonly slash: () => { at: number; typed: string } | null;
  readonly typeSlash: () => void;
  /** Puts `text` in the place of the slash and what was typed after it. */
  readonly replaceSlash: (text: string) => void;
  readonly destroy: () => void;
}

/** Plain text as paragraphs, for a draft that has no HTML. */
export function paragraphs(text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return escaped
    .split(/\n{2,}/)
    .map((block) => `<p>${block.replaceAll("\n", "<br>")}</p>`)
    .join("");
}

export function openEditor({ element, content, label, onchange, onkey }: RichOptions): RichEditor {
  const editor = new Editor({
    element,
    content,
    injectCSS: false,
    extensions: [StarterKit.configure({ heading: false, blockquote: false, code: false, codeBlock: false, horizontalRule: false, strike: false, underline: false, link: { openOnClick: false, autolink: true, defaultProtocol: "https", protocols: ["mailto", "tel"] } })],
    editorProps: {
      attributes: { role: "textbox", "aria-multiline": "true", "aria-label": label, dir: "auto", class: "rich-text" },
      handleKeyDown: (_, event) => onkey(event),
    },
    onUpdate: ({ editor: changed }) => { onchange(changed.getText({ blockSeparator: "\n" }), changed.isEmpty ? "" : changed.getHTML()); },
  });

  function slash(): { at: number; typed: string; from: number; to: number } | null {
    const { $from, from, empty } = editor.state.selection;
    if (!empty) return null;
    const before = $from.parent.textBetween(0, $from.parentOffset, undefined, " ");
    const asked = slashAt(before, before.length);
    return asked === null ? null : { ...asked, from: from - (before.length - asked.at), to: from };
  }

  return {
    onMove: (heard) => {
      editor.on("transaction", heard);
      return () => { editor.off("transaction", heard); };
    },
    focus: () => { editor.commands.focus("end"); },
    set: (next) => { editor.commands.setContent(next, { emitUpdate: false }); },
    toggle: (mark) => {
      const chain = editor.chain().focus();
      if (mark === "bold") chain.toggleBold().run();
      else if (mark === "italic") chain.toggleItalic().run();
      else if (mark === "bulletList") chain.toggleBulletList().run();
      else chain.toggleOrderedList().run();
    },
    isOn: (mark) => editor.isActive(mark),
    linkAt: () => String(editor.getAttributes("link")["href"] ?? ""),
    link: (address) => {
      const chain = editor.chain().focus().extendMarkRange("link");
      if (address === "") chain.unsetLink().run();
      else if (editor.state.selection.empty && !editor.isActive("link")) chain.insertContent({ type: "text", text: address, marks: [{ type: "link", attrs: { href: address } }] }).run();
      else chain.setLink({ href: address }).run();
    },
    slash,
    typeSlash: () => { editor.chain().focus().insertContent(slash() === null ? " /" : "").run(); },
    replaceSlash: (text) => {
      const asked = slash();
      if (asked === null) return;
      editor.chain().focus().deleteRange({ from: asked.from, to: asked.to }).insertContent(paragraphs(text)).run();
    },
    destroy: () => { editor.destroy(); },
  };
}
