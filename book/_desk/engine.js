/* The page's one Python. Nothing is fetched before start(), run() or call() is called.

   Requests wait for one another. Whatever ends a cell by force, stop() or its time, ends the worker
   in which Python runs; a new one starts from the compiled module, and the cells that were kept run
   again in it, in their order. */

const HERE = import.meta.url;
const SECONDS = 60;
// A type that only a module with exceptions by reference can have, which our Python needs.
const PROBE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 1, 105, 0]);
const AWAY = "Python could not be fetched whole: there is no connection, or the site is away. Try again when "
  + "it is back.";
const OTHER = "Use a current Firefox, Chrome, Edge or Safari, or download the notebook and work in Jupyter.";

class Engine extends EventTarget {
  state = "idle"; // "loading", "ready", "busy" or "failed"
  trouble = ""; // why it failed: a sentence, and what to do instead
  #files; // what manifest.json says
  #loaded = {}; // for the next worker: the compiled module, and the files that have come
  #worker;
  #ready; // a promise, once a worker has been asked for
  #watchers = new Set(); // of progress
  #kept = []; // cells to run again after a stop: { key, code }
  #rerun = 0; // how many of them have been, after the last stop
  #running; // the request under way
  #last = Promise.resolve(); // the end of the queue

  /* Load Python, if it is not there yet. onProgress gets { loaded, total, stage }, in bytes;
     stage is "download", "start", "ready", and "figures" when Matplotlib comes later. */
  start(onProgress) {
    if (onProgress) this.#watchers.add(onProgress);
    this.#ready ??= this.#load();
    return this.#ready;
  }

  /* Run a cell as Jupyter would; onOutput gets each output, as nbformat has it, when it comes.
     With `keep` it is run again after a stop, if it ended without error; a word as `keep` stands for
     a cell of which only the last run counts. */
  run(code, { onOutput = () => {}, seconds = SECONDS, keep = true } = {}) {
    return this.#queued(async () => {
      const done = await this.#ask({ code }, { onOutput, seconds });
      if (keep && done.status === "ok") this.#keep(keep, code);
      return done;
    });
  }

  /* Call a function of desk.py, or "module:function", with JSON in and JSON out, apart from the
     learner's own names. Raises Error with Python's message, and with what a cell's answer has. */
  call(name, args = [], { seconds = SECONDS } = {}) {
    return this.#queued(async () => {
      const done = await this.#ask({ call: name, args }, { seconds });
      if (done.status !== "ok") throw Object.assign(new Error(done.message), done);
      return done.value;
    });
  }

  /* End the running cell, if there is one. */
  stop() {
    this.#running?.end("stopped", "KeyboardInterrupt", "You stopped this cell.");
  }

  #queued(work) {
    const result = this.#last.then(() => this.start()).then(work);
    this.#last = result.catch(() => {});
    return result;
  }

  /* Ask Python, and start it anew if that has ended it. What comes back is
     { status: "ok" | "error" | "stopped" | "timeout", outputs, ms, rerun, message?, value? }. */
  async #ask(request, options) {
    const done = await this.#send(request, options);
    this.#rerun = 0;
    if (done.ended) {
      this.#ready = this.#load();
      await this.#ready.catch(() => {}); // the next request tells why, if there is none
    }
    return { ...done, rerun: this.#rerun };
  }

  #keep(key, code) {
    this.#kept = this.#kept.filter((cell) => cell.key !== key || key === true);
    this.#kept.push({ key, code });
  }

  #send(request, { onOutput = () => {}, seconds = SECONDS, state = "busy" }) {
    const outputs = [];
    const began = performance.now();
    return new Promise((resolve) => {
      const add = (output) => { merge(outputs, output); onOutput(output); };
      const settle = (done) => {
        clearTimeout(running.timer);
        this.#running = undefined;
        if (state === "busy") this.#become("ready");
        resolve({ outputs, ms: Math.round(performance.now() - began), ...done });
      };
      const running = {
        add,
        settle,
        end: (status, ename, message) => {
          this.#worker.terminate();
          add({ output_type: "error", ename, evalue: message, traceback: [message] });
          settle({ status, message, ended: true });
        },
        wait: () => clearTimeout(running.timer), // for files, which is no fault of the cell
        go: () => {
          running.wait();
          running.timer = setTimeout(() => running.end("timeout", "TimeoutError", late(seconds)), 1000 * seconds);
        },
      };
      this.#running = running;
      this.#become(state);
      running.go();
      this.#worker.postMessage({ run: request });
    });
  }

  async #load() {
    this.#become("loading");
    this.#rerun = 0;
    try {
      check();
      this.#files ??= await manifest();
      await this.#spawn();
      const again = this.#kept;
      this.#kept = [];
      for (const { key, code } of again) {
        const done = await this.#send({ code }, { state: "loading" });
        // Those from here on are given up, or they would stand in the way for ever.
        if (done.ended) return await this.#load();
        this.#rerun += 1;
        if (done.status === "ok") this.#keep(key, code);
      }
      this.#become("ready");
    } catch (error) {
      this.trouble = sentence(error);
      this.#ready = undefined; // so that she can try again
      this.#become("failed");
      throw new Error(this.trouble);
    }
  }

  #spawn() {
    return new Promise((resolve, reject) => {
      this.#worker?.terminate();
      const worker = (this.#worker = new Worker(new URL("worker.js", HERE), { type: "module" }));
      worker.onerror = ({ message }) => reject(new Error(message || AWAY));
      worker.onmessage = ({ data }) => {
        if (worker !== this.#worker) return; // of one that has been ended
        const running = this.#running;
        if (data.progress) {
          if (data.progress.stage === "figures") running?.wait();
          if (data.progress.stage === "ready") running?.go();
          this.#tell(data.progress);
        } else if (data.loaded) {
          Object.assign(this.#loaded, data.loaded);
          this.#tellOfFiles();
        } else if (data.ready) {
          this.#tell({ loaded: 0, total: 0, stage: "ready" });
          resolve();
        } else if (data.output) running?.add(data.output);
        else if (data.done) running?.settle(data.done);
        else if (data.failed?.fatal) running?.end("error", "SystemError", broken(data.failed.message));
        else if (data.failed) reject(data.failed);
      };
      worker.postMessage({ start: { files: this.#files, ...this.#loaded } });
    });
  }

  #tell(progress) {
    for (const watcher of this.#watchers) watcher(progress);
    this.dispatchEvent(new CustomEvent("progress", { detail: progress }));
  }

  /* Tell the page which parts of Python have come; offline.js has them kept. */
  #tellOfFiles() {
    const come = Object.keys(this.#files).filter((name) => name === "python" || this.#loaded.kept[name]);
    const detail = ["worker.js", ...come.map((name) => this.#files[name].file)].map((file) => new URL(file, HERE).href);
    dispatchEvent(new CustomEvent("python", { detail }));
  }

  #become(state) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}

const late = (seconds) => `This cell did not end within ${seconds} s, so it was stopped. Look for a loop `
  + "whose condition never changes, or try it on less data.";

const broken = (message) => (/memory/i.test(message)
  ? "Python ran out of memory, and was started anew. Make the arrays smaller."
  : "Python broke down in this cell, and was started anew. A function that calls itself without end does that.");

/* Add an output to those of a cell; what is written to one stream belongs together. */
function merge(outputs, output) {
  const last = outputs.at(-1);
  if (output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name) {
    last.text += output.text;
  } else outputs.push({ ...output });
}

function check() {
  if (location.protocol === "file:") {
    throw new Error("A browser starts no Python for a page opened as a file. Serve the folder: in it, run "
      + "`python3 -m http.server`, and open http://localhost:8000/.");
  }
  if (typeof WebAssembly === "undefined" || !WebAssembly.validate(PROBE)) {
    throw new Error(`This browser cannot run Python: it is too old, or WebAssembly is switched off. ${OTHER}`);
  }
  if (typeof DecompressionStream === "undefined") throw new Error(`This browser is too old to run Python. ${OTHER}`);
}

async function manifest() {
  const response = await fetch(new URL("manifest.json", HERE), { cache: "no-cache" });
  if (!response.ok) throw new Error("There is no Python on this site: its manifest.json is not there.");
  return (await response.json()).files;
}

/* What a learner is told, for what a browser says: with TypeError it means a fetch that has failed. */
function sentence({ name, message }) {
  if (name === "TypeError") return AWAY;
  if (name === "RangeError" || /memory/i.test(message)) {
    return `This device has too little memory left for Python. Close other tabs and try again. ${OTHER}`;
  }
  return message;
}

export const engine = new Engine();
