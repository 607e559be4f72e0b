/* Runs an anywidget module with no Jupyter around it, on a model that is of the page alone. */

/** The part of a Jupyter widget model that the anywidget convention promises to a module. */
export function makeModel(state) {
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

/** A widget that runs and may be shown several times: `show(el)` adds it to an element. `module` is
    the text of its ES module, `state` holds its traits, and in `_css` its style. */
export async function start({ module, state }) {
  dress(state._css);
  const widget = await load(module);
  const model = makeModel(state);
  await widget.initialize?.({ model });
  return { model, show: (el) => widget.render?.({ model, el }) };
}
