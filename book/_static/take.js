/* Taking things home: a notebook gets, in front, the cell that installs the library from where this
   site lies, and commands for a terminal get the address. */

import { withInstall, written } from "./notebook.js";

/** The address of the library's wheel; "" where pip could not fetch it from. */
export function wheel() {
  const place = document.querySelector("meta[name=course-wheel]");
  return place && location.protocol.startsWith("http") ? new URL(place.content, document.baseURI).href : "";
}

/** Save a text as a file. */
export function save(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" }));
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

async function take(event) {
  const link = event.target.closest?.("a[href$='.ipynb']");
  if (!link?.pathname.includes("/downloads/") || !wheel()) return; // the file as it is will do
  event.preventDefault();
  const name = link.pathname.split("/").at(-1);
  try {
    const notebook = await (await fetch(link.href)).json();
    save(name, written(withInstall(notebook, wheel())));
  } catch {
    location.assign(link.href);
  }
}

addEventListener("click", take);
for (const place of document.querySelectorAll(".wheel-address")) if (wheel()) place.textContent = wheel();
