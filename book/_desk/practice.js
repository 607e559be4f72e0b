/* One function to write in a lesson: an editor, Python when it is asked for, and what a check says.
   The element that book/_ext/practice.py has written holds the task; this adds what moves. */

import { driver } from "./drive.js";
import { makeEditor } from "./editor.js";
import { engine } from "./engine.js";
import { keptPanel } from "./kept.js";
import { button, make } from "./make.js";
import { outputsIn, safe } from "./outputs.js";
import { plainForm } from "./plain.js";
import { STAGES, megabytes } from "./progress.js";
import { store } from "./store.js";

const TRIES = 3; // honest ones, after which a solution can be seen
const SECONDS = 20; // that a run or a check may take
const PAUSE = 300; // milliseconds without a key, after which an answer is saved
const SMALL = 640; // pixels: in a window less wide the form without Python comes first
const SETUP = "import numpy as np"; // as in the notebook

const ENDS = {
  ok: "It ran without an error. Check compares it with what it must do.",
  error: "It ended in the error above. Your code is kept.",
  stopped: "Stopped. Your code is kept.",
  timeout: `Stopped after ${SECONDS} seconds. Look for a loop whose end is never reached. Your code is kept.`,
};

const bare = (text) => text.replace(/\s+/g, "");

async function practice(section) {
  const name = section.dataset.exercise;
  const data = JSON.parse(section.querySelector(":scope > script").textContent);
  const { stub, places } = data;
  const kept = await Promise.all([store.get("answer", name), store.get("progress", name)]);

  /* What is seen. */
  const [run, check, stop, reset] = [
    button("Run", () => busy(runCode)),
    button("Check", () => busy(judge)),
    button("Stop", () => engine.stop()),
    button("Reset", startAgain),
  ];
  const bar = make("progress", { ariaLabel: "Python" });
  const way = make("p", { className: "practice-progress", hidden: true }, bar, make("span"));
  const printed = make("div", { className: "practice-output" });
  const outputs = outputsIn(printed);
  const verdict = make("div", { className: "practice-verdict", role: "status" });
  const more = make("div", { className: "practice-more" });
  const note = make("div", { className: "practice-note", ariaLive: "polite" });
  const editing = make("div", { className: "practice-editor" });
  const solution = section.querySelector(".practice-solution");
  const show = button("Show a solution", () => {
    solution.hidden = !solution.hidden;
    // What scrolls is a place for the keyboard; the theme has looked while it was hidden.
    for (const box of solution.querySelectorAll("pre")) box.tabIndex = 0;
    show.ariaExpanded = String(!solution.hidden);
  });
  const drive = driver(name);
  const drives = button("Move the explorer with my function", () => {
    if (drive.on) return driving(false);
    return busy(judge);
  });
  const code = make("div", { className: "practice-code" }, editing,
    make("div", { className: "practice-buttons" }, run, check, stop, reset), way, printed, verdict, more, note,
    make("div", { className: "practice-buttons" }, show, drives));
  const plain = make("details", { className: "practice-plain" }, make("summary", {}, "Without Python"),
    make("p", {}, "The same idea with nothing to type. It ticks the lesson, and earns no points."),
    plainForm({ ...data, onRight: () => remember(() => ({ plain: true })) }));
  plain.open = innerWidth < SMALL || Boolean(navigator.connection?.saveData);
  section.querySelector(".practice-static").replaceWith(...(plain.open ? [plain, code] : [code, plain]));
  const tick = make("span", { className: "practice-tick" });
  section.querySelector(".practice-title").append(" ", tick);

  const say = (...inside) => verdict.replaceChildren(...inside);
  const sentence = (words) => say(make("p", {}, words));
  const tell = (...inside) => note.replaceChildren(make("p", {}, ...inside));

  /* Her answer, kept as she types. */
  let saved = kept[0] ?? stub;
  let waiting;
  const editor = makeEditor({
    parent: editing,
    doc: saved,
    label: `Your code for ${data.function}`,
    onChange() {
      clearTimeout(waiting);
      waiting = setTimeout(save, PAUSE);
    },
  });
  async function save() {
    clearTimeout(waiting);
    if (editor.text === saved) return;
    saved = editor.text;
    await store.put("answer", name, saved);
  }
  addEventListener("visibilitychange", save);
  addEventListener("pagehide", save);

  const about = ({ detail }) => detail.kind === "answer" && detail.id === name;
  store.addEventListener("change", async (event) => {
    if (event.detail.elsewhere && event.detail.kind === "progress" && event.detail.id === name) mark(await store.get("progress", name));
    if (!event.detail.elsewhere || !about(event)) return;
    if (editor.text !== saved) return void save(); // the store then says that there are two
    const before = saved;
    saved = (await store.get("answer", name)) ?? stub;
    if (saved === before) return;
    editor.setText(saved);
    tell("This was changed elsewhere, so it is changed here too. ", exchange("Bring back what was here", before));
  });
  store.addEventListener("conflict", (event) => {
    if (!about(event)) return;
    tell("Another tab has saved another answer. Yours is here, and the other is kept. ", exchange("Show the other", event.detail.other));
  });
  const troubled = () => store.trouble && tell(store.trouble);
  store.addEventListener("trouble", troubled);
  troubled();

  function exchange(words, text) {
    return button(words, () => {
      const before = editor.text;
      editor.setText(text);
      save();
      tell(exchange("Change back", before));
    });
  }

  function startAgain() {
    if (!stop.disabled) return;
    const before = editor.text;
    outputs.clear();
    more.replaceChildren();
    sentence("This is how it begins.");
    if (before === stub) return;
    editor.setText(stub);
    save();
    tell("What you wrote is not lost. ", exchange("Bring it back", before));
  }

  /* What she has done, kept as well. */
  async function remember(news) {
    mark(await store.update("progress", name, (old = {}) => ({ ...old, ...news(old) })));
  }
  function mark({ passed, plain: filled, tries = 0 } = {}) {
    tick.textContent = passed ? "✓ passed" : filled ? "✓ done without Python" : "";
    show.hidden = !passed && tries < TRIES;
    show.ariaExpanded = String(!solution.hidden);
    drives.hidden = !passed || !drive.able;
  }
  function driving(yes) {
    drive.set(yes && drive.able);
    drives.textContent = drive.on ? "Move the explorer with the course's function" : "Move the explorer with my function";
  }
  mark(kept[1]);
  drive.whenAble(async () => mark(await store.get("progress", name)));
  working(false);

  /* Python. */
  function onProgress({ stage, loaded, total }) {
    way.hidden = !(stage in STAGES) || stop.disabled;
    if (total > loaded) Object.assign(bar, { max: total, value: loaded });
    else bar.removeAttribute("value");
    way.lastChild.textContent = STAGES[stage] + (total > loaded ? `: ${megabytes(loaded)} of ${megabytes(total)} MB` : " …");
  }

  async function busy(work) {
    if (!stop.disabled) return;
    working(true);
    driving(false);
    outputs.clear();
    more.replaceChildren();
    note.replaceChildren();
    sentence("Working …");
    try {
      await save();
      await engine.start(onProgress);
      const { status } = await engine.run(SETUP, { keep: "setup" });
      if (status === "ok") await work();
      else ended({ status });
    } catch (problem) {
      ended(problem);
    }
    way.hidden = true;
    working(false);
  }

  function working(yes) {
    // Not disabled, as the keyboard would fall off the button that it has pressed.
    for (const other of [run, check, reset]) other.ariaDisabled = String(yes);
    if (document.activeElement === stop) check.focus();
    stop.disabled = !yes;
  }

  async function runCode() {
    const done = await engine.run(editor.text, { onOutput: outputs.add, seconds: SECONDS, keep: name });
    ended(done);
  }

  function ended({ status, message, rerun }) {
    const words = message && !["stopped", "timeout"].includes(status) ? message : ENDS[status];
    const cells = (rerun ?? 0) - 1; // without the one that imports NumPy
    const again = cells > 0 ? ` Python was started anew, and ${cells === 1 ? "what" : `the ${cells} cells that`} had run before ran again.` : "";
    sentence(words + again);
  }

  async function judge() {
    const text = editor.text;
    const all = Object.entries(await store.all("progress"));
    const unfinished = all.filter(([, { tries, passed }]) => tries && !passed).map(([id]) => id);
    const found = await engine.call("verdict", [name, text, unfinished, places], { seconds: SECONDS });
    // So that it is there for other functions, and again after a stop.
    if (found.kind !== "cell") await engine.run(text, { keep: name, seconds: SECONDS });
    let again = false;
    let mended = [];
    await remember((old) => {
      const faults = old.faults ?? [];
      const twins = [...new Set([...(old.twins ?? []), ...(found.twin ? [found.twin] : [])])];
      if (!found.fault) mended = twins;
      again = faults.includes(found.fault);
      const honest = found.kind !== "cell" && bare(text) !== bare(stub) && bare(text) !== old.tried;
      return {
        points: Math.max(old.points ?? 0, found.points),
        passed: old.passed || found.points === found.most,
        tries: (old.tries ?? 0) + honest,
        tried: honest ? bare(text) : old.tried,
        faults: found.fault && !again ? [...faults, found.fault] : faults,
        twins,
      };
    });
    // Questions on the mistakes that she has mended, to be asked later.
    for (const twin of mended) await store.update("queue", twin, (old) => old ?? { since: name });
    if (!found.fault) driving(true);
    if (!found.name || again) return say(safe(found.whole));
    say(safe(found.first));
    more.append(button("What is it?", () => {
      say(safe(found.whole));
      more.replaceChildren();
      check.focus();
    }));
  }
}

const sections = [...document.querySelectorAll(".practice[data-exercise]")];
sections.forEach(practice);
sections.at(-1)?.after(keptPanel());
