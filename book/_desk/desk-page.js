/* The desk: a notebook that is worked in on its page. book/_ext/desk.py has written its cells to be
   read; this makes editors of those that a learner writes in, runs them, keeps what she writes, and
   hands it in as a notebook. */

import { isOpen, opened, submission, textOf, withInstall, written } from "../_static/notebook.js";
import { save, wheel } from "../_static/files.js";
import { makeEditor } from "./editor.js";
import { engine } from "./engine.js";
import { button, make } from "./make.js";
import { outputsIn, safe } from "./outputs.js";
import { preview } from "./preview.js";
import { STAGES, megabytes } from "./progress.js";
import { store } from "./store.js";

const SECONDS = 120; // that a cell may take
const PAUSE = 300; // milliseconds without a key, after which an answer is kept
const ENDS = {
  ok: "It ran.",
  error: "It stopped at an error, shown below it.",
  stopped: "Stopped. Your code is as it was, and Python is there again.",
  timeout: `It took longer than ${SECONDS} seconds and was stopped. Look for a loop whose end is never reached.`,
};

const desk = document.querySelector(".desk");
const name = desk.dataset.assignment;
const release = JSON.parse(document.querySelector(".desk-release").textContent);
const places = JSON.parse(document.querySelector(".desk-places").textContent);
const file = `${name}.ipynb`;

/* The line at the top, which stays in sight. */
const points = make("strong", { className: "desk-points" });
const says = make("p", { className: "desk-says", role: "status" });
const bar = make("progress", { ariaLabel: "Python", max: 1, hidden: true });
const chooser = make("input", { type: "file", accept: ".ipynb", hidden: true, ariaLabel: "A notebook to open" });
const stop = button("Stop", () => engine.stop(), { disabled: true });
const runAll = button("Run all", () => busy(everything));
const openFile = button("Open a notebook", () => chooser.click());
desk.append(
  make("div", { className: "desk-buttons" }, points, runAll, stop, button(`Download ${file}`, handIn), openFile, chooser),
  bar,
  says,
);
const say = (...words) => says.replaceChildren(...words);

/* The cells: of the release, with what stands on the page for each of them. */
const cells = release.cells
  .filter((cell) => document.querySelector(`.desk-cell[data-cell="${cell.id}"]`))
  .map((cell) => new Cell(cell));
const byId = new Map(cells.map((cell) => [cell.id, cell]));
const buttons = [runAll, openFile];

/** One cell; `text` is what it says now, `ran` what it said when Python last ran it to its end. */
function Cell(cell) {
  const element = document.querySelector(`.desk-cell[data-cell="${cell.id}"]`);
  const { kind, checks: exercise } = element.dataset;
  Object.assign(this, { id: cell.id, kind, exercise, element, stub: textOf(cell), text: textOf(cell), open: isOpen(cell) });
  this.home = element.closest("[data-exercise]") ?? element;
  this.needs = (element.dataset.needs ?? "").split(" ").filter(Boolean);
  this.record = kind === "answer" ? ["answer", this.home.dataset.exercise] : ["cell", `${name}/${cell.id}`];
}

const answerOf = (exercise) => cells.find((cell) => cell.kind === "answer" && cell.home.dataset.exercise === exercise);
const checks = cells.filter((cell) => cell.kind === "check");
const worth = (cell) => release.cells.find(({ id }) => id === cell.id).metadata.nbgrader.points;
const isCode = (cell) => cell.kind !== "prose";
/** What the result of a cell hangs on: its own text, or for a check that of each answer it calls. */
const basis = (cell) => (cell.exercise ? cell.needs.map((one) => answerOf(one).text).join("\0") : cell.text);
const isValid = (cell) => cell.result?.of === basis(cell);

async function furnish(cell) {
  if (cell.open) cell.text = (await store.get(...cell.record)) ?? cell.stub;
  if (cell.open) edit(cell);
  if (!isCode(cell)) return;
  const out = make("div", { className: "desk-output" });
  cell.element.append(out);
  cell.shown = outputsIn(out);
  cell.out = out;
  if (cell.kind === "check") {
    cell.element.querySelector("div[class*=highlight-]").remove(); // the button stands for it
    out.role = "status";
    const answer = answerOf(cell.exercise);
    const reset = button("Reset", () => startAgain(answer));
    const run = button("Run", () => busy(() => runOne(answer)));
    const check = button("Check", () => busy(() => judge(cell)));
    buttons.push(reset, run, check);
    cell.element.prepend(row(run, check, reset));
  } else if (cell.kind === "code") {
    const run = button("Run", () => busy(() => runOne(cell)));
    buttons.push(run);
    out.before(row(run));
  }
  cell.result = await store.get("ran", `${name}/${cell.id}`);
  if (isValid(cell)) show(cell);
}

/** Buttons, with a Stop of their own. */
const stops = [stop];
function row(...inside) {
  const own = button("Stop", () => engine.stop(), { disabled: true });
  stops.push(own);
  return make("div", { className: "desk-buttons" }, ...inside, own);
}

function edit(cell) {
  const slot = make("div", { className: "desk-editor" });
  const isText = !isCode(cell);
  const read = make("div", { className: "desk-preview" });
  const static_ = [...cell.element.childNodes];
  cell.element.append(slot);
  for (const node of static_) node.remove();
  if (isText) cell.element.append(make("details", { open: true }, make("summary", {}, "Preview"), read));
  let waiting;
  const later = () => {
    clearTimeout(waiting);
    waiting = undefined;
    if (isText) preview(cell.text, read);
    cell.saved = cell.text;
    store.put(...cell.record, cell.text);
    count();
  };
  cell.keep = () => waiting && later();
  const called = cell.id.replaceAll("_", " ");
  const isAnswer = cell.kind === "answer";
  const editor = makeEditor({
    parent: slot,
    doc: cell.text,
    label: isText ? `Your answer: ${called}` : isAnswer ? `Your code for ${cell.id}` : `Code to try out: ${called}`,
    language: isText ? "markdown" : "python",
    onChange(text) {
      cell.text = text;
      clearTimeout(waiting);
      waiting = setTimeout(later, PAUSE);
    },
  });
  cell.set = (text) => {
    editor.setText(text);
    cell.text = text;
    later();
  };
  cell.saved = cell.text;
  if (isText) preview(cell.text, read);
}

/* What she has is kept, here and in other tabs. */
const keepAll = () => cells.forEach((cell) => cell.keep?.());
document.addEventListener("visibilitychange", keepAll);
addEventListener("pagehide", keepAll);

const bringBack = (texts) =>
  button("Bring back what was here", () => {
    const before = texts.map(([cell]) => [cell, cell.text]);
    for (const [cell, text] of texts) cell.set(text);
    say(bringBack(before));
  });

function listen() {
  const cellOf = ({ kind, id }) => cells.find(({ record }) => record[0] === kind && record[1] === id);
  store.addEventListener("change", async ({ detail }) => {
    const cell = detail.elsewhere && cellOf(detail);
    if (!cell || cell.text !== cell.saved) return;
    const text = (await store.get(...cell.record)) ?? cell.stub;
    if (text === cell.text) return;
    say("Another tab has changed an answer, so it stands here too. ", bringBack([[cell, cell.text]]));
    cell.set(text);
  });
  store.addEventListener("conflict", ({ detail }) => {
    const cell = cellOf(detail);
    if (cell) say("Another tab has saved another answer. Yours stands here, and the other is kept. ", bringBack([[cell, detail.other]]));
  });
  store.addEventListener("trouble", () => say(store.trouble));
  if (store.trouble) say(store.trouble);
}

function startAgain(cell) {
  const before = cell.text;
  cell.set(cell.stub);
  say("It is as it was at the start. ", ...(before === cell.stub ? [] : [bringBack([[cell, before]])]));
}

/* Python. */
function onProgress({ stage, loaded, total }) {
  bar.hidden = stage === "ready";
  if (stage === "ready") return;
  if (total) bar.value = loaded / total;
  say(total ? `${STAGES[stage]}: ${megabytes(loaded)} of ${megabytes(total)} MB` : STAGES[stage]);
}

async function busy(work) {
  for (const one of buttons) one.disabled = true;
  for (const one of stops) one.disabled = false;
  const focused = document.activeElement;
  desk.ariaBusy = "true";
  say("Working …");
  try {
    keepAll();
    await engine.start(onProgress);
    const words = await work();
    if (words) say(words);
  } catch (problem) {
    say(problem.message);
  } finally {
    bar.hidden = true;
    for (const one of buttons) one.disabled = false;
    for (const one of stops) one.disabled = true;
    if (document.activeElement === document.body) focused.focus();
    count();
    desk.ariaBusy = null;
  }
}

/** Run a cell; what came of it stands below it, and is kept. */
async function execute(cell) {
  const of = basis(cell);
  const { text } = cell;
  cell.shown.clear();
  const done = await engine.run(text, { onOutput: cell.shown.add, seconds: SECONDS, keep: cell.id });
  cell.ran = done.status === "ok" ? text : undefined;
  remember(cell, { of, outputs: done.outputs });
  return done;
}

function remember(cell, result) {
  cell.result = result;
  store.put("ran", `${name}/${cell.id}`, result);
  count();
}

function show(cell) {
  cell.shown.clear();
  if (cell.result.html) cell.out.append(safe(cell.result.html));
  else cell.result.outputs.forEach(cell.shown.add);
}

/** Run what stands above a cell and has not run as it is: all of it, or only definitions. */
async function runAbove(cell, only = () => true) {
  const above = cells.slice(0, cells.indexOf(cell)).filter((one) => isCode(one) && one.kind !== "check" && only(one));
  for (const one of above) {
    if (one.ran === one.text) continue;
    say(`Running what stands above: ${above.indexOf(one) + 1} of ${above.length}`);
    const done = await execute(one);
    if (done.status === "stopped") return done;
  }
  return undefined;
}

const ended = ({ status, rerun }) => `${ENDS[status]}${rerun ? ` What had run before has run again: ${rerun} cells.` : ""}`;

async function runOne(cell) {
  const stopped = await runAbove(cell);
  return ended(stopped ?? (await execute(cell)));
}

/** Definitions are enough for a check: the first cell, and answers. */
const defines = (cell) => !cell.open || cell.kind === "answer";

async function judge(check) {
  const answer = answerOf(check.exercise);
  const stopped = await runAbove(answer, defines);
  if (stopped) return ended(stopped);
  say("Checking …");
  const unfinished = checks.filter((one) => isValid(one) && one.result.points < worth(one)).map((one) => one.exercise);
  const of = basis(check);
  const found = await engine.call("verdict", [check.exercise, answer.text, unfinished, places], { seconds: SECONDS });
  // So that it is there for other cells, and again after a stop.
  if (found.kind !== "cell") await execute(answer);
  // As in Jupyter: what the check says, and its value, which are the points.
  const value = Number.isInteger(found.points) ? found.points.toFixed(1) : String(found.points);
  const outputs = [
    { output_type: "stream", name: "stdout", text: `${found.text}\n` },
    { output_type: "execute_result", data: { "text/plain": value }, metadata: {} },
  ];
  remember(check, { of, outputs, points: found.points, html: found.whole });
  show(check);
  await store.update("progress", check.exercise, (old = {}) => ({
    ...old,
    points: Math.max(old.points ?? 0, found.points),
    passed: Boolean(old.passed) || found.points === found.most,
  }));
  return `${check.exercise.split(".")[1]}: ${found.points} of ${found.most} points.`;
}

async function everything() {
  const code = cells.filter(isCode);
  for (const cell of code) cell.ran = undefined;
  for (const [at, cell] of code.entries()) {
    say(`Running cell ${at + 1} of ${code.length}`);
    if (cell.kind === "check") await judge(cell);
    else if (cell.kind !== "answer") {
      const done = await execute(cell);
      if (done.status === "stopped") return ended(done);
    }
  }
  return "Everything has run, from the top.";
}

/* Points. */
function count() {
  const sum = (cells, of) => cells.reduce((total, cell) => total + of(cell), 0);
  const valid = checks.filter(isValid);
  const byHand = sum(cells.filter((cell) => cell.kind === "prose"), worth);
  points.textContent = `${sum(valid, (cell) => cell.result.points)} of ${sum(checks, worth)} points`;
  points.title = `${byHand} more are given by a person.`;
  for (const cell of checks) cell.home.classList.toggle("desk-changed", Boolean(cell.result) && !isValid(cell));
}

/* In and out. */

/** An output as any Jupyter can show it. */
function plain(output) {
  if (!output.data) return output;
  const data = Object.entries(output.data).filter(([kind]) => !kind.startsWith("application/vnd.reglib."));
  return { ...output, data: Object.fromEntries(data) };
}

function handIn() {
  keepAll();
  const answers = Object.fromEntries(cells.filter((cell) => cell.open).map((cell) => [cell.id, cell.text]));
  const outputs = Object.fromEntries(
    cells.filter((cell) => isCode(cell) && cell.result && isValid(cell)).map((cell) => [cell.id, cell.result.outputs.map(plain)]),
  );
  const notebook = submission(release, answers, outputs);
  const address = wheel();
  save(file, written(address ? withInstall(notebook, address) : notebook));
  say(`${file} is in your downloads. Hand that file in.`);
}

async function take(chosen) {
  if (!chosen) return;
  const { answers, trouble } = opened(await chosen.text(), release);
  const changed = Object.entries(answers).filter(([id, text]) => byId.has(id) && byId.get(id).text !== text);
  const before = changed.map(([id]) => [byId.get(id), byId.get(id).text]);
  for (const [id, text] of changed) byId.get(id).set(text);
  if (!Object.keys(answers).length) say(trouble);
  else say(`${chosen.name} is open: ${changed.length} cells were changed by it. ${trouble} `, ...(changed.length ? [bringBack(before)] : []));
}

chooser.addEventListener("change", async () => {
  await take(chooser.files[0]);
  chooser.value = "";
});
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  take(event.dataTransfer.files[0]);
});

await Promise.all(cells.map(furnish));
listen();
count();
desk.dataset.ready = "";
