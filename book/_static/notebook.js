/* A learner's notebook, out of the site and in again: functions of plain data, which know no page. */

/** The id of the cell that installs the library; grader/submission leaves it out again. */
export const INSTALL = "install-reglib";
const MOST = 20 * 2 ** 20; // of a file, as in grader/submission/folder.py

/** Whether a learner writes in a cell on the site: answers, and code that is not locked. */
export function isOpen(cell) {
  const marks = cell.metadata.nbgrader;
  return marks?.solution === true || (cell.cell_type === "code" && !marks?.locked);
}

/** The text of a cell, whichever way nbformat has it. */
export function textOf(cell) {
  const source = Array.isArray(cell.source) ? cell.source : [cell.source];
  return source.filter((line) => typeof line === "string").join("").replace(/\r\n?/g, "\n");
}

/** The released notebook with a learner's answers and outputs, each by the id of its cell. */
export function submission(release, answers, outputs = {}) {
  const notebook = structuredClone(release);
  let count = 0;
  for (const cell of notebook.cells) {
    if (isOpen(cell) && Object.hasOwn(answers, cell.id)) cell.source = lines(answers[cell.id]);
    if (cell.cell_type !== "code") continue;
    const made = outputs[cell.id];
    cell.execution_count = made ? ++count : null;
    cell.outputs = (made ?? []).map((output) =>
      output.output_type === "execute_result" ? { ...output, execution_count: count } : output,
    );
  }
  return notebook;
}

/** The notebook with a cell in front that installs the library from where its wheel lies. */
export function withInstall(notebook, wheel) {
  const source = `# Install the course's library. It takes a minute.\n%pip install --quiet "reglib @ ${wheel}"`;
  const cell = { cell_type: "code", execution_count: null, id: INSTALL, metadata: {}, outputs: [] };
  return { ...notebook, cells: [{ ...cell, source: lines(source) }, ...notebook.cells] };
}

/** The file of a notebook, as nbformat writes it. */
export function written(notebook) {
  return `${JSON.stringify(notebook, null, 1)}\n`;
}

/**
 * What a file holds of the answers to a release, by the id of the cell, and a sentence on what is
 * wrong with it, or "". Nothing but the text of answers is taken: no outputs, no other cells.
 */
export function opened(text, release) {
  const refused = (trouble) => ({ answers: {}, trouble: `${trouble} Nothing was changed.` });
  if (text.length > MOST) return refused("The file is larger than 20 MB: clear its outputs in Jupyter.");
  let notebook;
  try {
    notebook = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return refused("The file is broken, or no notebook: choose one that ends in .ipynb.");
  }
  if (!Array.isArray(notebook?.cells)) {
    return refused(
      notebook?.worksheets
        ? "The notebook is of an old form: open and save it in Jupyter first."
        : "The file is no notebook: it has no cells.",
    );
  }
  const cells = notebook.cells.filter((cell) => cell !== null && typeof cell === "object");
  const places = new Map();
  const released = new Set(release.cells.map(textOf));
  for (const cell of release.cells) {
    places.set(cell.id, cell);
    if (cell.metadata.nbgrader) places.set(gradeId(cell), cell);
  }
  const answers = {};
  let answered = 0;
  let added = 0;
  for (const cell of cells) {
    const place = places.get(gradeId(cell)) ?? places.get(cell.id);
    const source = textOf(cell);
    if (!place || place.cell_type !== cell.cell_type) {
      added += Boolean(source.trim()) && cell.id !== INSTALL && !released.has(source);
    } else if (isOpen(place)) {
      answered += Boolean(place.metadata.nbgrader);
      // Of several with one name, the last that she has written in, as in grading.
      if (!(place.id in answers) || source !== textOf(place)) answers[place.id] = source;
    }
  }
  if (!answered) {
    const own = assignmentOf(release.cells);
    const other = assignmentOf(cells);
    return refused(
      other && other !== own
        ? `This is the notebook of the assignment ${other}: open it on that page.`
        : `The notebook has no answers to the assignment ${own}.`,
    );
  }
  const what = added === 1 ? "A cell that you added is" : `${added} cells that you added are`;
  return { answers, trouble: added ? `${what} not shown here: keep your file.` : "" };
}

function gradeId(cell) {
  return cell.metadata?.nbgrader?.grade_id;
}

/** The assignment that the checks of a notebook name. */
export function assignmentOf(cells) {
  return cells.map((cell) => /^check\("(\w+)\./.exec(textOf(cell))?.[1]).find(Boolean);
}

function lines(text) {
  return text === "" ? [] : text.match(/[^\n]*\n|[^\n]+$/g);
}
