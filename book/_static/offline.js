/* The page's side of offline-worker.js, which says what is kept when. It starts the worker when Python
   has been used, and offers a newer build. Without a secure context there is no worker, and the page
   works as it is. */

const worker = navigator.serviceWorker;
const home = new URL("..", import.meta.url);
const watched = new Set();

addEventListener("python", async ({ detail }) => {
  try {
    watch(await worker?.register(new URL("offline-worker.js", home)));
    const asked = performance.getEntriesByType("resource").map(({ name }) => name);
    (await worker?.ready)?.active.postMessage([location.href, ...asked, ...detail]);
  } catch {} // as in a private window of some browsers: it works, with a connection
});

const found = await worker?.getRegistration(home).catch(() => {});
if (found?.scope === home.href) watch(found);
worker?.addEventListener("controllerchange", () => location.reload()); // Update, here or in another tab

function watch(registration) {
  if (!registration || watched.has(registration)) return;
  watched.add(registration);
  const { active, waiting, installing } = registration;
  if (active && waiting) offer(waiting);
  if (installing) follow();
  registration.addEventListener("updatefound", follow);

  function follow() {
    const coming = registration.installing;
    coming.addEventListener("statechange", () => {
      if (coming.state === "installed" && registration.active) offer(coming);
    });
  }
}

function offer(coming) {
  document.querySelector(".course-update")?.remove();
  const bar = Object.assign(document.createElement("div"), { className: "course-update", role: "status" });
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Update" });
  button.addEventListener("click", () => {
    const again = () => coming.state === "activated" && location.reload();
    coming.addEventListener("statechange", again);
    coming.postMessage("take over");
    again();
  });
  document.body.append(bar);
  bar.append("There is a newer version of the course. What you have written is kept. ", button);
}
