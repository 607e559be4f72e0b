/* Taking things home: a notebook gets, in front, the cell that installs the library from where this
   site lies, and commands for a terminal get the address. */

import { save, wheel } from "./files.js";
import { withInstall, written } from "./notebook.js";

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
