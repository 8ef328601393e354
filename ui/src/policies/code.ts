/** The code editor of the policy's text: CodeMirror with YAML, marks in the gutter, our own keys and colours. Loaded only when needed. */
import { defaultKeymap, history, historyKeymap, indentWithTab, toggleComment } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { Annotation, Compartment, EditorState, Transaction, type Text } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Edit } from "./outline";
import type { Fault } from "./types";

export interface CodeOptions {
  readonly parent: HTMLElement;
  readonly text: string;
  readonly label: string;
  readonly describedBy: string;
  readonly readOnly: boolean;
  readonly onchange: (text: string) => void;
  /** The line in which the cursor stands, from 1. */
  readonly online: (line: number) => void;
}

const fromOutside = Annotation.define<boolean>();

/** Tab leaves the editor unless it was switched to indenting, so that nobody is caught in it. */
export class Code {
  readonly #view: EditorView;
  readonly #locked = new Compartment();
  readonly #tabs = new Compartment();
  #indents = false;

  constructor(options: CodeOptions) {
    this.#view = new EditorView({
      parent: options.parent,
      state: EditorState.create({
        doc: options.text,
        extensions: [
          lintGutter(), lineNumbers(), foldGutter(), highlightActiveLine(), highlightActiveLineGutter(), drawSelection(), history(), bracketMatching(), indentUnit.of("  "),
          yaml(), syntaxHighlighting(inks), look,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ tabindex: "0", role: "textbox", "aria-multiline": "true", "aria-label": options.label, "aria-describedby": options.describedBy, spellcheck: "false", autocapitalize: "off" }),
          this.#tabs.of([]),
          keymap.of([{ key: "Ctrl-m", run: () => this.#switchTab() }, { key: "Mod-/", run: toggleComment }, ...lintKeymap, ...foldKeymap, ...historyKeymap, ...defaultKeymap]),
          this.#locked.of(locked(options.readOnly)),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((one) => one.annotation(fromOutside) === true)) options.onchange(update.state.doc.toString());
            if (update.docChanged || update.selectionSet) options.online(update.state.doc.lineAt(update.state.selection.main.head).number);
          }),
        ],
      }),
    });
  }

  /** Shows `text`, if it is another one; the way back by Ctrl Z stays open. */
  show(text: string): void {
    const now = this.#view.state.doc.toString();
    if (now === text) return;
    this.#view.dispatch({ changes: smallest(now, text), annotations: [fromOutside.of(true), Transaction.addToHistory.of(true)] });
  }

  /** Brings a place into view, once what was written is there. */
  reveal(at: number): void {
    queueMicrotask(() => { this.#view.dispatch({ effects: EditorView.scrollIntoView(Math.min(at, this.#view.state.doc.length), { y: "nearest", yMargin: 40 }) }); });
  }

  lock(readOnly: boolean): void {
    this.#view.dispatch({ effects: this.#locked.reconfigure(locked(readOnly)) });
  }

  mark(faults: readonly Fault[]): void {
    const { doc } = this.#view.state;
    this.#view.dispatch(setDiagnostics(this.#view.state, faults.map((fault) => diagnostic(doc, fault))));
  }

  /** Puts the cursor where a fault begins. */
  go(line: number, column: number): void {
    const at = offset(this.#view.state.doc, line, column);
    this.#view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
    this.#view.focus();
  }

  destroy(): void {
    this.#view.destroy();
  }

  #switchTab(): boolean {
    this.#indents = !this.#indents;
    this.#view.dispatch({ effects: this.#tabs.reconfigure(this.#indents ? keymap.of([indentWithTab]) : []) });
    return true;
  }
}

function locked(readOnly: boolean): readonly [ReturnType<typeof EditorState.readOnly.of>, ReturnType<typeof EditorView.contentAttributes.of>] {
  return [EditorState.readOnly.of(readOnly), EditorView.contentAttributes.of({ "aria-readonly": String(readOnly) })];
}

function offset(doc: Text, line: number, column: number): number {
  const found = doc.line(Math.min(Math.max(1, line), doc.lines));
  return Math.min(found.to, found.from + Math.max(0, column - 1));
}

function diagnostic(doc: Text, fault: Fault): Diagnostic {
  const from = offset(doc, fault.line, fault.column);
  const end = offset(doc, fault.end_line, fault.end_column);
  // A fault of a whole block is marked at its first line only: a red page helps nobody.
  const to = Math.max(from, Math.min(end, doc.lineAt(from).to));
  return { from, to, severity: fault.severity, message: [fault.detail, fault.fix].filter((part) => part !== "").join(" ") };
}

/** The one replacement that turns `before` into `after`: what they have in common at both ends stays. */
export function smallest(before: string, after: string): Edit {
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before[from] === after[from]) from += 1;
  let end = 0;
  while (end < most - from && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return { from, to: before.length - end, insert: after.slice(from, after.length - end) };
}

const inks = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--ink)", fontWeight: "600" },
  { tag: [tags.string, tags.content, tags.literal], color: "var(--ink-2)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--ink-3)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--ink-3)" },
]);

const look = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--surface)", color: "var(--ink)", fontSize: "12.5px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "20px", overflow: "auto", fontVariantLigatures: "none" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 16px 0 8px" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--ink-3)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "28px", padding: "0 4px 0 0" },
  ".cm-foldGutter .cm-gutterElement": { padding: "0 4px", cursor: "pointer" },
  ".cm-activeLine": { backgroundColor: "var(--hover)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--hover)", color: "var(--ink-2)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--accent-line)" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--sunken)", border: "none", color: "var(--ink-2)", padding: "0 6px" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--sunken)", outline: "1px solid var(--line-control)" },
  ".cm-gutter-lint": { width: "16px" },
  ".cm-gutter-lint .cm-gutterElement": { padding: "3px 1px" },
  ".cm-lint-marker": { width: "14px", height: "14px" },
  ".cm-lint-marker-error": { content: "none", borderRadius: "50%", backgroundColor: "var(--late-mark)", width: "8px", height: "8px", margin: "3px" },
  ".cm-lint-marker-warning": { content: "none", backgroundColor: "var(--watch-mark)", width: "8px", height: "8px", margin: "3px", rotate: "45deg" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--late-mark) 1px", textUnderlineOffset: "3px" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--watch-mark) 1px", textUnderlineOffset: "3px" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "6px", boxShadow: "var(--e-2)" },
  ".cm-tooltip .cm-diagnostic": { font: "var(--t-13)", padding: "8px 12px", borderLeft: "3px solid transparent", maxWidth: "420px" },
  ".cm-tooltip .cm-diagnostic-error": { borderLeftColor: "var(--late-mark)" },
  ".cm-tooltip .cm-diagnostic-warning": { borderLeftColor: "var(--watch-mark)" },
  ".cm-panel.cm-panel-lint": { backgroundColor: "var(--surface)", color: "var(--ink)", borderTop: "1px solid var(--line)" },
});
