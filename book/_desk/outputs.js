/* What came from Python, as elements of the page. A learner's code may have made any of it, so that it
   is text, a picture, or rebuilt from the few tags and classes that a verdict is made of. */

import { make } from "./make.js";

const TAGS = new Set(
  "A B BR CODE DD DETAILS DIV DL DT EM LI OL P PRE SECTION SMALL SPAN STRONG SUB SUMMARY SUP TABLE TBODY TD TH THEAD TR UL"
    .split(" "),
);
const WIDGET = "application/vnd.reglib.widget+json";
const PICTURES = ["image/svg+xml", "image/png", "image/jpeg"];
const COLOURS = /\u001b\[[0-9;]*m/g; // with which a terminal colours a traceback

/** HTML as elements: what is not on the list stays as its text, and links lead only within the site. */
export function safe(html) {
  const fragment = document.createDocumentFragment();
  copy(new DOMParser().parseFromString(html, "text/html").body, fragment);
  return fragment;
}

function copy(from, to) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) to.append(node.data);
    if (node.nodeType !== Node.ELEMENT_NODE || ["SCRIPT", "STYLE"].includes(node.tagName)) continue;
    const element = TAGS.has(node.tagName) ? document.createElement(node.tagName) : to;
    if (element !== to) {
      const classes = [...node.classList].filter((name) => name.startsWith("verdict"));
      if (classes.length) element.className = classes.join(" ");
      if (node.tagName === "A") link(element, node.getAttribute("href") ?? "");
      to.append(element);
    }
    copy(node, element);
  }
}

function link(element, address) {
  const target = new URL(address, document.baseURI);
  if (target.origin === location.origin && /^(https?|file):$/.test(target.protocol)) element.href = address;
}

/** One output of nbformat as an element. */
export function shown(output) {
  const text = (words, kind = "") =>
    make("pre", { className: `output-text ${kind}`.trim(), textContent: words });
  if (output.output_type === "stream") return text(joined(output.text), output.name === "stderr" ? "output-warning" : "");
  if (output.output_type === "error") {
    const lines = output.traceback?.length ? output.traceback.join("\n") : `${output.ename}: ${output.evalue}`;
    return text(lines.replace(COLOURS, ""), "output-error");
  }
  const data = output.data ?? {};
  if (WIDGET in data) return moved(data[WIDGET], text(joined(data["text/plain"] ?? "")));
  const kind = PICTURES.find((kind) => kind in data);
  if (!kind) return text(joined(data["text/plain"] ?? ""));
  const content = joined(data[kind]);
  const address = kind === "image/svg+xml" ? encodeURIComponent(content) : content;
  return make("img", {
    className: "output-picture",
    alt: joined(data["text/plain"] ?? "A figure"),
    src: `data:${kind}${kind === "image/svg+xml" ? "," : ";base64,"}${address}`,
  });
}

/** What is moved by hand; in its place its words, until its script is there or if it cannot draw. */
function moved(description, words) {
  const element = make("div", {}, words);
  import("./widgets.js")
    .then(({ widget }) => element.replaceChildren(widget(description)))
    .catch(() => {});
  return element;
}

const joined = (text) => (Array.isArray(text) ? text.join("") : String(text));

/** Show outputs one after another in an element; a stream goes on where it was. */
export function outputsIn(element) {
  let last;
  return {
    add(output) {
      const more = shown(output);
      const goesOn = output.output_type === "stream" && last?.name === output.name && last.element.isConnected;
      if (goesOn) last.element.append(more.textContent);
      else {
        element.append(more);
        last = { name: output.name, element: more };
      }
    },
    clear() {
      element.replaceChildren();
      last = undefined;
    },
  };
}
