/* The course without a connection: what a browser keeps of this build, and no other. offline.py puts
   two lines before this: BUILD, the name of the build, and FILES, for each of its files the SHA-256
   that it may have. So a worker and its list are of one build for ever.

   Nothing is kept before Python has been used for the first time (_static/offline.js). Then that page
   is kept with all that it has asked for or names, the desk's scripts, and the parts of Python that
   have come; from then on each page that is opened, and what it asks for. That is not asked for again.

   A newer build brings its own worker, which first fetches all that was kept, as it is now, and then
   waits until no tab of the old build is left, or *Update* is pressed. A file whose hash does not fit
   is not taken. If there is a newer build, the reader is told; if not, the site has other files than
   its build had, and this worker goes: the site then works as without it. */

const { registration } = self;
const HOME = registration.scope;
const NAMED = /"([^"\s]+?\.(?:js|css|json|svg|png|ico))["?]/g; // in a page or a script
const CACHES = `course ${HOME} `; // one host may have several courses
const NEWER = "There is a newer version of the course. Press Update as soon as that is offered here.";
const AWAY = "This page has not been opened on this device before, and there is no connection. These pages are here:";
const GONE = "One moment …";

class Misfit extends Error {}
const OWN = CACHES + BUILD;
const mine = () => caches.open(OWN);
const others = async () => (await caches.keys()).filter((name) => name.startsWith(CACHES) && name !== OWN);
const address = (path) => HOME + path.split("/").map(encodeURIComponent).join("/");
function pathOf(url) {
  try { return decodeURIComponent(url.slice(HOME.length).replace(/[?#].*/s, "")); }
  catch { return ""; } // a percent sign alone
}
/* The file of this build that an address stands for; some hosts leave out the end of its name. */
function fileOf(url) {
  const path = url.startsWith(HOME) ? pathOf(url) : "//";
  return [path, `${path}index.html`, `${path}.html`].find((name) => Object.hasOwn(FILES, name));
}

async function checked(path, response) {
  const body = await response.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  const sha = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!FILES[path].includes(sha)) return undefined;
  // Nothing of how it came, packed or by a detour, which would no longer be true.
  return new Response(body, { headers: { "Content-Type": response.headers.get("Content-Type") ?? "" } });
}

/* A file of this build: from what another build has kept, from the network, and once more from
   there if the browser had an old one. Throws what the server says instead, or a way round to a login. */
async function whole(path, url = address(path), redirect = "follow") {
  for (const name of await others()) {
    const old = await (await caches.open(name)).match(address(path));
    const found = old && (await checked(path, old));
    if (found) return found;
  }
  for (const cache of ["default", "reload"]) {
    const response = await fetch(url, { cache, redirect });
    if (!response.ok && ![404, 410].includes(response.status)) throw response;
    const found = response.ok && (await checked(path, response));
    if (found) return found;
  }
  throw new Misfit(path);
}

/* Keep files, and those that they name. */
async function keep(paths) {
  const cache = await mine();
  const all = new Set(paths);
  for (const path of all) {
    if (!(await cache.match(address(path)))) await cache.put(address(path), await whole(path));
    if (!/\.(html|js)$/.test(path)) continue;
    const text = await (await cache.match(address(path))).text();
    for (const [, name] of text.matchAll(NAMED)) {
      const other = URL.canParse(name, address(path)) && fileOf(new URL(name, address(path)).href);
      if (other) all.add(other);
    }
  }
}

/* Is there a build after this one? Throws if nobody can say. */
async function newer() {
  await registration.update();
  return Boolean(registration.installing ?? registration.waiting);
}

async function answer(event) {
  const { request } = event;
  const path = fileOf(request.url);
  const seen = request.mode === "navigate";
  try {
    if (path) {
      const cache = await mine();
      const kept = await cache.match(address(path));
      if (kept) return kept;
      const found = await whole(path, ...(seen ? [request.url, "manual"] : []));
      event.waitUntil(cache.put(address(path), found.clone()).catch(() => {})); // it may be full
      return found;
    }
    // A page that this build has not may be of a newer one, whose files must not be mixed with these.
    if (seen && (await newer().catch(() => false))) return page(NEWER);
    return await fetch(request);
  } catch (problem) {
    if (seen && problem instanceof Response) return problem;
    const words = problem instanceof Misfit ? await misfit().catch(() => AWAY) : AWAY;
    return seen ? page(words, words === AWAY ? await opened() : []) : Response.error();
  }
}

/* What to say when a file does not fit. */
async function misfit() {
  if (await newer()) return NEWER;
  await registration.unregister();
  return GONE;
}

const opened = async () => (await (await mine()).keys()).map(({ url }) => url).filter((url) => url.endsWith(".html"));

function page(words, links = []) {
  const text = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    ${words === GONE ? '<meta http-equiv="refresh" content="0">' : ""}<title>Regularization, Hands-On</title>
    <style>:root { color-scheme: light dark; font-family: sans-serif }</style>
    <script type="module" src="${HOME}_static/offline.js"></script>
    <main><h1>Regularization, Hands-On</h1><p>${words}</p>
    <ul>${links.map((url) => `<li><a href="${url}">${pathOf(url)}</a></li>`).join("")}</ul></main>`;
  return new Response(text, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

/* What has a hash in its name has another name in each build. */
const kind = (path) => path.replace(/-[0-9a-f]{12}(?=\.bin$)/, "");

addEventListener("install", (event) => event.waitUntil((async () => {
  const kept = await Promise.all((await others()).map(async (name) => (await caches.open(name)).keys()));
  const kinds = new Set(kept.flat().map(({ url }) => kind(pathOf(url))));
  await keep(["_static/offline.js", ...Object.keys(FILES).filter((path) => kinds.has(kind(path)))]);
})()));

addEventListener("activate", (event) => {
  const remove = async () => { for (const name of await others()) await caches.delete(name); };
  if (!registration.installing) event.waitUntil(remove()); // a yet newer one takes from what is here
});

addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(skipWaiting());
  else event.waitUntil(keep(event.data.map(fileOf).filter(Boolean)).catch(
    (problem) => problem instanceof Misfit && misfit().catch(() => {})));
});

addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "GET" && url.startsWith(HOME)) event.respondWith(answer(event));
});
