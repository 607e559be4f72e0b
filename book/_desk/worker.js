/* Python, in a worker of its own: it loads CPython from files beside this one, and keeps one
   interpreter. It has a file system in memory, a clock and chance, and no way to the page but this:

   in   { start: { files, module?, kept? } }     what manifest.json says, and what an earlier worker had
        { run: { code } | { call, args } }       a request, which desk.py answers
   out  { progress: { loaded, total, stage } }   in bytes
        { loaded: { module, kept } }             for the next worker: the compiled module, and files
        { ready: true }
        { output }                               one output as nbformat has it
        { done: { … } }                          the answer of desk.py
        { failed: { name?, message, fatal? } }         it could not start, or has broken down

   https://wasix.org/docs/api-reference/wasi lists what WASI's functions do. */

import { ConsoleStdout, Directory, File, OpenFile, PreopenDirectory, WASI } from "@bjorn3/browser_wasi_shim";

const LIBRARY = "python315.zip"; // where CPython looks for it
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const files = { here: {}, kept: {} }; // what manifest.json says, and blobs of what has come
let python; // what the module exports
let request; // the one that desk.py answers
let said = ""; // the last that was written past Python, to a descriptor

onmessage = async ({ data }) => {
  if (data.start) await start(data.start).catch(({ name, message }) => postMessage({ failed: { name, message } }));
  else answer(data.run);
};

async function start({ files: here, module, kept = {} }) {
  Object.assign(files, { here, kept });
  const first = ["python", "library", "course"].filter((name) => !kept[name] && !(module && name === "python"));
  const progress = { loaded: 0, total: first.reduce((sum, name) => sum + here[name].size, 0) };
  const tell = (stage) => postMessage({ progress: { ...progress, stage } });
  const more = (bytes) => { progress.loaded += bytes; tell("download"); };
  tell("download");
  [module, kept.library, kept.course] = await Promise.all([
    module ?? fetched("python", more).then(compiled),
    ...["library", "course"].map(async (name) => kept[name] ?? (await fetched(name, more)).blob()),
  ]);
  tell("start");
  const [library, course, memory] = await Promise.all(
    [kept.library, kept.course, kept.memory].map((blob) => blob?.arrayBuffer()));
  await boot(module, library, course, memory);
  // Python as it is before any cell: the next worker need not start it again.
  kept.memory ??= new Blob([python.memory.buffer]);
  postMessage({ loaded: { module, kept } });
  postMessage({ ready: true });
}

/* A packed or unpacked file as a response with what is unpacked: some servers unpack by a header of
   their own, and some pack once more. */
async function fetched(name, more) {
  const { file, size, unpacked } = files.here[name];
  const response = await fetch(new URL(file, import.meta.url));
  if (!response.ok) throw new Error(`${file} could not be fetched: the server answered ${response.status}.`);
  const reader = response.body.getReader();
  let { value: head = new Uint8Array(), done } = await reader.read();
  while (!done && head.length < 2) { // a piece may be as small as a byte
    const next = await reader.read();
    done = next.done;
    if (!done) head = new Uint8Array([...head, ...next.value]);
  }
  const packed = isPacked(head);
  const share = packed ? 1 : size / unpacked;
  more(head.length * share);
  const stream = new ReadableStream({
    start: (controller) => controller.enqueue(head),
    async pull(controller) {
      const { value, done } = await reader.read();
      if (done) return controller.close();
      more(value.length * share);
      controller.enqueue(value);
    },
  });
  return new Response(packed ? stream.pipeThrough(new DecompressionStream("gzip")) : stream);
}

const isPacked = ([first, second]) => first === 0x1f && second === 0x8b;

/* The type is ours to say, whatever the server calls the file. */
const compiled = ({ body }) => WebAssembly.compileStreaming(
  new Response(body, { headers: { "Content-Type": "application/wasm" } }));

/* A folder at the root, in which Python is told that it may write: the shim's own says so of none. */
class Place extends PreopenDirectory {
  fd_fdstat_get() {
    const { ret, fdstat } = super.fd_fdstat_get();
    return { ret, fdstat: Object.assign(fdstat, { fs_rights_base: ALL, fs_rights_inherited: ALL }) };
  }
}
const ALL = 2n ** 64n - 1n;

async function boot(module, library, course, memory) {
  const root = new Map([
    ["usr", folder([["local", folder([["lib", folder([[LIBRARY, fixed(library)]])]])]])],
    ["course.zip", fixed(course)],
    ["tmp", folder([])],
  ]);
  // Matplotlib opens its data as files, beside its code.
  const data = new Place("/figures.zip/matplotlib/mpl-data", new Map());
  const hear = new ConsoleStdout((bytes) => { said = (said + decoder.decode(bytes)).slice(-2000); });
  const system = new WASI(
    ["python"],
    ["HOME=/tmp", "TMPDIR=/tmp", "PYTHONTZPATH=", "MPLBACKEND=module://desk_figures"],
    [new OpenFile(new File([])), hear, hear, new Place("/", root), data],
    { debug: false },
  );
  system.wasiImport.poll_oneoff = sleep;
  const instance = await WebAssembly.instantiate(module, {
    wasi_snapshot_preview1: system.wasiImport,
    host: { call: (...args) => { try { return call(root, ...args); } catch { return -2; } } },
  });
  python = instance.exports;
  system.inst = instance;
  if (memory) {
    // Between two turns all of Python's state is in its memory: its stack is empty, no file is open.
    python.memory.grow((memory.byteLength - python.memory.buffer.byteLength) / 65536);
    new Uint8Array(python.memory.buffer).set(new Uint8Array(memory));
    turn("__import__('desk').again()");
  } else {
    python._initialize();
    turn("import sys; sys.path.insert(0, '/course.zip'); __import__('desk').begin()");
  }
}

/* The shim's own takes the moment at which a sleep ends for its length. */
function sleep(at, out, count) {
  const view = new DataView(python.memory.buffer);
  const clock = view.getUint32(at + 16, true);
  if (count !== 1 || view.getUint8(at + 8) !== 0 || clock > 1) return 58; // "not supported"
  const now = () => (clock ? performance.now() : Date.now());
  const until = Number(view.getBigUint64(at + 24, true)) / 1e6 + (view.getUint16(at + 40, true) & 1 ? 0 : now());
  while (now() < until); // whoever wants it to end sooner ends the worker
  view.setBigUint64(out, view.getBigUint64(at, true), true);
  view.setUint32(out + 8, 0, true);
  return 0;
}

const folder = (entries) => new Directory(new Map(entries));
const fixed = (content) => new File(content, { readonly: true });

/* Run a piece of Python that is ours. What a learner wrote comes to it as data. */
function turn(code) {
  const bytes = encoder.encode(code);
  const at = python.host_alloc(bytes.length);
  new Uint8Array(python.memory.buffer, at, bytes.length).set(bytes);
  said = "";
  if (python.turn(at, bytes.length)) throw new Error(said);
}

function answer(run) {
  request = run;
  const began = performance.now();
  try {
    turn("__import__('desk').answer()");
  } catch (error) {
    postMessage({ failed: { message: `${error.message}\n${said}`.trim(), fatal: true } });
    return;
  }
  const ms = Math.round(performance.now() - began);
  const memory = python.memory.buffer.byteLength;
  if (request.done) postMessage({ done: { ...request.done, ms, memory } });
  else postMessage({ failed: { message: said, fatal: true } });
}

/* What desk.py asks of us: bytes of JSON in, bytes out. */
function call(root, at, length, outAt, outLength) {
  const asked = JSON.parse(decoder.decode(new Uint8Array(python.memory.buffer, at, length)));
  const bytes = ANSWERS.get(asked.ask)(asked, root);
  const place = python.host_alloc(bytes.length);
  new Uint8Array(python.memory.buffer, place, bytes.length).set(bytes);
  const view = new DataView(python.memory.buffer);
  view.setUint32(outAt, place, true);
  view.setUint32(outLength, bytes.length, true);
  return 0;
}

const NOTHING = new Uint8Array();
const ANSWERS = new Map(Object.entries({
  next: () => encoder.encode(JSON.stringify(request)),
  output: ({ output }) => { postMessage({ output }); return NOTHING; },
  done: ({ done }) => { request.done = done; return NOTHING; },
  figures: fetchFigures,
}));

/* The part that draws, at the moment in which it is imported: Python waits, and so must this. */
function fetchFigures(_, root) {
  const { file, size } = files.here.figures;
  let content;
  if (files.kept.figures) content = new FileReaderSync().readAsArrayBuffer(files.kept.figures);
  else {
    postMessage({ progress: { loaded: 0, total: size, stage: "figures" } });
    try {
      const ask = new XMLHttpRequest();
      ask.open("GET", new URL(file, import.meta.url), false);
      ask.responseType = "arraybuffer";
      ask.send();
      if (ask.status !== 200) throw new Error(`${file} could not be fetched.`);
      content = ask.response;
    } finally {
      postMessage({ progress: { loaded: size, total: size, stage: "ready" } });
    }
    files.kept.figures = new Blob([content]);
    postMessage({ loaded: { kept: files.kept } });
  }
  root.set("figures.bin", fixed(content));
  return NOTHING;
}
