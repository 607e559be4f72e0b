/* An editor for one cell, which a keyboard, a finger and a screen reader can use. */

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, drawSelection, keymap, lineNumbers } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { make } from "./make.js";

const PYTHON = [python(), lineNumbers(), indentUnit.of("    ")];

let editors = 0;

/** Make an editor in `parent`, with a line below it on how to leave. `label` is its name for a screen
    reader; `onChange` is told each new text, unless it was set from outside. */
export function makeEditor({ parent, doc, label, language = "python", onChange = () => {} }) {
  const leave = make("p", {
    className: "editor-keys",
    id: `editor-keys-${++editors}`,
    textContent: "Tab indents. To leave the editor, press Escape, then Tab.",
  });
  let ours = false;
  const inLanguage = new Compartment();
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc,
      extensions: [
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        syntaxHighlighting(classHighlighter),
        EditorView.lineWrapping,
        inLanguage.of(language === "python" ? PYTHON : []),
        EditorState.tabSize.of(4),
        EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": leave.id }),
        // By itself the editor gives up Tab for two seconds only, which is short for some hands.
        keymap.of([{ key: "Escape", run: (editor) => (editor.setTabFocusMode(true), false) }]),
        EditorView.domEventHandlers({ blur: (_, editor) => editor.setTabFocusMode(false) }),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          update.view.setTabFocusMode(false);
          if (!ours) onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  parent.append(leave);
  // Markdown comes later, as with HTML inside it is half of all this.
  if (language === "markdown") {
    import("@codemirror/lang-markdown").then(({ markdown }) =>
      view.dispatch({ effects: inLanguage.reconfigure(markdown()) }));
  }
  return {
    get text() {
      return view.state.doc.toString();
    },
    /** Put another text there, as one step that can be undone. */
    setText(text) {
      if (text === this.text) return;
      ours = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      ours = false;
    },
  };
}
