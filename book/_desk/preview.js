/* Markdown as it will be read: text, and formulas by the MathJax of the page. It may come from a file
   of somebody else, so it holds no HTML and fetches no picture. */

import MarkdownIt from "markdown-it";
import { tex } from "@mdit/plugin-tex";

import { typeset } from "./formulas.js";

const markdown = new MarkdownIt({ html: false }).disable("image").use(tex, {
  render(formula, display) {
    const [open, close] = display ? ["\\[", "\\]"] : ["\\(", "\\)"];
    return `<span class="math">${open}${markdown.utils.escapeHtml(formula)}${close}</span>`;
  },
});

/** Show Markdown in an element. */
export function preview(text, element) {
  window.MathJax?.typesetClear?.([element]);
  element.innerHTML = markdown.render(text);
  return typeset(element);
}
