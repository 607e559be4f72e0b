/* What the course remembers of a reader, in her own browser: records of kind, id, version, time and
   value. A version counts the writings of one record, so that a tab can tell when another was there
   first; what it then displaces is kept beside the new value, and told.

   A browser need not finish a transaction of a page that is left. So a value is first noted in
   localStorage, which takes it at once; the note goes when the database has the value, and what is
   still noted comes to the database when it is next opened. */

/* Each makes the next form of the database from the one before. Only ever append. */
const MIGRATIONS = [(database) => database.createObjectStore("records", { keyPath: ["kind", "id"] })];

const FILE = "Regularization, Hands-On: what a browser has kept";
const KEPT = 5; // values that were displaced, of one record

const NOWHERE =
  "Your browser keeps nothing for this site: a private window, or storage that is turned off. " +
  "What you write lasts until you leave this page, so save what you want to keep as a file.";
const FULL =
  "Your browser has no room left for this site. What you write now lasts until you leave this page: " +
  "save it as a file, then free some space.";
const OLD =
  "Another tab has a newer version of this site. Reload this page; what you write until then is not kept.";

/** The address path of the site, by which two courses on one host are told apart. */
const site = () => new URL(".", import.meta.url.split("_static/")[0]).pathname;

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

const settled = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

export class Store extends EventTarget {
  /** A sentence for the reader when something cannot be kept, else "". */
  trouble = "";
  #name;
  #opening;
  #seen = new Map(); // the stamp of each record as this page has last read or written it
  #memory = new Map(); // what the database did not take
  #channel;

  constructor(name = `regularization-hands-on ${site()}`) {
    super();
    this.#name = name;
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }) => this.#tell("change", { ...data, elsewhere: true });
  }

  /** The value of a record, or undefined. */
  async get(kind, id) {
    const record = await this.#read(kind, id);
    this.#seen.set(key(kind, id), stamp(record));
    return record?.value;
  }

  /** The values of a kind by their ids. */
  async all(kind) {
    const records = await this.#records();
    return Object.fromEntries(records.filter((r) => r.kind === kind).map((r) => [r.id, r.value]));
  }

  /** Keep a value. Says "conflict" if another tab has written since this one read, and keeps both. */
  async put(kind, id, value) {
    const time = Date.now();
    const noted = this.#note(kind, id, { seen: this.#seen.get(key(kind, id)), time, value });
    let lost;
    await this.#write(kind, id, (record) => {
      lost = undefined;
      if (record && same(record.value, value)) return record;
      if (record && stamp(record) !== this.#seen.get(key(kind, id))) lost = record;
      return next(record, { kind, id, time, value }, lost);
    });
    this.#drop(noted);
    if (lost) this.#tell("conflict", { kind, id, value, other: lost.value });
  }

  /** Change a value in one step, so that two tabs that do so both count; return the new one. */
  async update(kind, id, change) {
    const record = await this.#write(kind, id, (old) => {
      const value = change(old?.value);
      return old && same(old.value, value) ? old : next(old, { kind, id, value });
    });
    return record.value;
  }

  async remove(kind, id) {
    await this.#write(kind, id, () => undefined);
  }

  /** Forget everything, here and in other tabs. */
  async clear() {
    this.#notes().forEach((noted) => this.#drop(noted));
    for (const { kind, id } of await this.#records()) await this.#write(kind, id, () => undefined, true);
  }

  /** All records as the text of a file. */
  async exported() {
    return JSON.stringify({ file: FILE, form: MIGRATIONS.length, records: await this.#records() }, null, 1);
  }

  /** Take in such a file: of two values the later one, with the other kept beside it. Returns how
      many records have changed; throws an Error with a sentence when the file is another. */
  async imported(text) {
    const records = readFile(text);
    let changed = 0;
    for (const { kind, id, time, value } of records) {
      await this.#write(kind, id, (old) => {
        const record = later(old, { kind, id, time, value });
        changed += record !== old;
        return record;
      }, true);
    }
    return changed;
  }

  /* Everything below speaks to the database, or stands in for it. */

  #open() {
    this.#opening ??= new Promise((done, failed) => {
      const request = indexedDB.open(this.#name, MIGRATIONS.length);
      request.onupgradeneeded = ({ oldVersion }) => {
        for (const migrate of MIGRATIONS.slice(oldVersion)) migrate(request.result);
      };
      request.onsuccess = () => {
        request.result.onversionchange = () => {
          request.result.close();
          this.#complain(OLD);
        };
        done(request.result);
      };
      request.onerror = () => failed(request.error);
    }).then(async (database) => {
      await this.#takeNotes(database);
      return database;
    });
    return this.#opening;
  }

  /** Do some work in one transaction, or say what stands in its way and return undefined. */
  async #transact(mode, work, opening = this.#open()) {
    try {
      const transaction = (await opening).transaction("records", mode);
      const finished = new Promise((done, failed) => {
        transaction.oncomplete = done;
        transaction.onabort = () => failed(transaction.error);
      });
      const [result] = await Promise.all([work(transaction.objectStore("records")), finished]);
      return { result };
    } catch (problem) {
      const sentences = { QuotaExceededError: FULL, VersionError: OLD };
      this.#complain(sentences[problem?.name] ?? (this.trouble || NOWHERE));
      return undefined;
    }
  }

  async #read(kind, id) {
    const place = key(kind, id);
    if (this.#memory.has(place)) return this.#memory.get(place);
    return (await this.#transact("readonly", (records) => settled(records.get([kind, id]))))?.result;
  }

  async #records() {
    const found = await this.#transact("readonly", (records) => settled(records.getAll()));
    const byKey = new Map(found?.result.map((record) => [key(record.kind, record.id), record]));
    for (const [place, record] of this.#memory) byKey.set(place, record);
    return [...byKey.values()].filter(Boolean);
  }

  /** Put what `make` returns in the place of a record; undefined removes it. With `elsewhere` it is
      news to this page too, as if from another tab. */
  async #write(kind, id, make, elsewhere = false) {
    const place = key(kind, id);
    let done;
    if (!this.#memory.has(place)) {
      done = await this.#transact("readwrite", async (records) => {
        const old = await settled(records.get([kind, id]));
        const record = make(old);
        if (record !== old) await settled(record ? records.put(record) : records.delete([kind, id]));
        return { old, record };
      });
    }
    if (!done) {
      const old = await this.#read(kind, id);
      done = { result: { old, record: make(old) } };
      this.#memory.set(place, done.result.record);
    }
    const { old, record } = done.result;
    if (!elsewhere) this.#seen.set(place, stamp(record));
    if (record !== old) {
      this.#tell("change", { kind, id, elsewhere });
      this.#channel.postMessage({ kind, id });
    }
    return record;
  }

  /* Notes, each a pair of its place in localStorage and its text. Without that, there are none. */

  #note(kind, id, { seen, time, value }) {
    const noted = [`${this.#name} ${key(kind, id)}`, JSON.stringify({ kind, id, seen, time, value })];
    try {
      localStorage.setItem(...noted);
    } catch {
      // Turned off or full: then only the database has it.
    }
    return noted;
  }

  #notes() {
    try {
      return Object.entries(localStorage).filter(([place]) => place.startsWith(`${this.#name} [`));
    } catch {
      return [];
    }
  }

  /** Drop a note, unless there is a newer one in its place. */
  #drop([place, text]) {
    try {
      if (localStorage.getItem(place) === text) localStorage.removeItem(place);
    } catch {
      // There was none.
    }
  }

  async #takeNotes(database) {
    for (const noted of this.#notes()) {
      const { seen, ...record } = JSON.parse(noted[1]);
      const { kind, id } = record;
      const done = await this.#transact("readwrite", async (records) => {
        const old = await settled(records.get([kind, id]));
        const made = later(old, record, stamp(old) === seen ? null : old);
        if (made !== old) await settled(records.put(made));
      }, database);
      if (!done) return;
      this.#drop(noted);
      this.#channel.postMessage({ kind, id });
    }
  }

  #complain(sentence) {
    if (sentence === this.trouble) return;
    this.trouble = sentence;
    this.#tell("trouble", { sentence });
  }

  #tell(event, detail) {
    this.dispatchEvent(new CustomEvent(event, { detail }));
  }
}

const key = (kind, id) => JSON.stringify([kind, id]);
const stamp = (record) => record && `${record.version} ${record.time}`;

function next(old, { kind, id, time = Date.now(), value }, lost) {
  const record = { kind, id, version: (old?.version ?? 0) + 1, time, value };
  if (lost) record.displaced = kept(old, { time: lost.time, value: lost.value });
  else if (old?.displaced) record.displaced = old.displaced;
  return record;
}

/** Of a record and another value the later one, with the other kept beside it. `lost` is what the
    value displaces if it is later; nothing, if it was made from this very record. */
function later(old, { kind, id, time, value }, lost = old) {
  if (old && same(old.value, value)) return old;
  if (!lost || time >= old.time) return next(old, { kind, id, time, value }, lost);
  return { ...old, displaced: kept(old, { time, value }) };
}

const kept = (old, lost) => [lost, ...(old?.displaced ?? []).filter((o) => !same(o, lost))].slice(0, KEPT);

function readFile(text) {
  let file;
  try {
    file = JSON.parse(text);
  } catch {
    throw new Error("This file cannot be read: choose one that this page has saved.");
  }
  if (file?.file !== FILE || !Array.isArray(file.records)) {
    throw new Error("This file is not one that this course has saved, so nothing was taken from it.");
  }
  if (file.form > MIGRATIONS.length) {
    throw new Error("This file comes from a newer version of the course: reload this page, then open it again.");
  }
  const sound = ({ kind, id, time, value }) =>
    typeof kind === "string" && typeof id === "string" && Number.isFinite(time) && value !== undefined;
  if (!file.records.every((record) => record && sound(record))) {
    throw new Error("This file is damaged, so nothing was taken from it: save it again where it came from.");
  }
  return file.records;
}

export const store = new Store();
