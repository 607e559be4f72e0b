/* Runs the explorers of a page with no kernel: it reads the widget state that the page carries and
   gives each anywidget module a model of its own. What is not an anywidget is left alone. */

const read = (kind) =>
  [...document.querySelectorAll(`script[type="application/vnd.jupyter.widget-${kind}+json"]`)].map(
    (script) => [script, JSON.parse(script.textContent)],
  );

/** The part of a Jupyter widget model that the anywidget convention promises to a module. */
function makeModel(state) {
  const listeners = {};
  return {
    get: (name) => state[name],
    set(name, value) {
      if (JSON.stringify(state[name]) === JSON.stringify(value)) return;
      state[name] = value;
      for (const tell of [...(listeners[`change:${name}`] ?? [])]) tell();
    },
    save_changes() {},
    send() {},
    on: (event, tell) => (listeners[event] ??= new Set()).add(tell),
    off: (event, tell) => (tell ? listeners[event]?.delete(tell) : delete listeners[event]),
  };
}

const modules = new Map();
function load(source) {
  if (!modules.has(source)) {
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const found = import(address).then(({ default: widget }) =>
      typeof widget === "function" ? widget() : widget,
    );
    modules.set(source, found.finally(() => URL.revokeObjectURL(address)));
  }
  return modules.get(source);
}

const styles = new Set();
function dress(css) {
  if (!css || styles.has(css)) return;
  styles.add(css);
  document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
}

async function start({ state }) {
  dress(state._css);
  const widget = await load(state._esm);
  const model = makeModel(state);
  await widget.initialize?.({ model });
  return { widget, model };
}

const saved = Object.assign({}, ...read("state").map(([, { state }]) => state));
const started = {};
for (const [script, { model_id: id }] of read("view")) {
  if (saved[id]?.model_module !== "anywidget") continue;
  try {
    const { widget, model } = await (started[id] ??= start(saved[id]));
    const el = document.createElement("div");
    await widget.render?.({ model, el });
    script.after(el);
  } catch (problem) {
    console.error(`The explorer ${id} did not start, so its picture stays:`, problem);
  }
}
