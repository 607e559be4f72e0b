"""Time the explorers in headless Chromium, by themselves and as ipywidgets would embed them."""

import argparse
import functools
import gzip
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
from ipywidgets._version import __html_manager_version__
from ipywidgets.embed import dependency_state, embed_data, escape_script
from playwright.sync_api import Browser, sync_playwright

from reglib import widgets
from reglib.repository import path

STATIC = path("book", "_static")
HOST = [*STATIC.glob("explorer-*.js"), STATIC / "widget-host.js"]
ANYWIDGET = Path(sys.prefix) / "share" / "jupyter" / "nbextensions" / "anywidget" / "index.js"
KIND = "application/vnd.jupyter.widget"
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# With the data they have unless given others, the states that have most to compute and draw: the
# largest degree, n or k, with all that a reader can switch on, although most of it starts switched
# off: the regions of the geometry, the true risk and the hundred repetitions of cross-validation.
# An explorer that is not named is taken as it opens.
LARGEST = {
    "RidgeExplorer": {"degree": 15},
    "FitExplorer": {"degree": 15, "n": 60},
    "LassoExplorer": {"lam": 0.05},
    "GeometryExplorer": {"penalty": "elastic net", "regions": True},
    "CrossValidationExplorer": {"k": 40, "risk_shown": True, "repeat": "other data"},
}

OURS = '<script type="module" src="explorer-host.js"></script>'
STOCK = (
    '<script src="require.js"></script>'
    '<script>require.config({ paths: { anywidget: "anywidget" } })</script>'
    '<script src="embed-amd.js"></script>'
)

# The browser runs a frame's callbacks, lays the page out and paints it all in one task, so a
# message sent by such a callback arrives when the frame is painted.
FRAME = """
const frame = () =>
  new Promise((done) =>
    requestAnimationFrame((begin) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done([begin, performance.now()]);
      port2.postMessage(null);
    }),
  );
"""

# Move the first slider as soon as it is there, and tell when the frame with the answer is painted.
FIRST = (
    f"{FRAME}"
    """
window.first = new Promise((tell) => {
  const observer = new MutationObserver(async () => {
    const slider = document.querySelector(".explorer input[type=range]");
    if (!slider) return;
    observer.disconnect();
    const table = slider.closest(".explorer").querySelector("table");
    const before = table.innerHTML;
    slider.value === slider.min ? slider.stepUp() : slider.stepDown();
    slider.dispatchEvent(new Event("input"));
    while (table.innerHTML === before) await frame();
    const { domInteractive } = performance.getEntriesByType("navigation")[0];
    tell([performance.now() - domInteractive, performance.now()]);
  });
  observer.observe(document, { childList: true, subtree: true });
});
"""
)

# To and fro over the ten steps next to the slider's place. The next frame is asked for before the
# step is made, so that it is the one in which the explorer draws.
STEPS = (
    f"async (slider, count) => {{ {FRAME}"
    """
  const atMin = slider.value === slider.min;
  const times = [];
  for (let i = 0; i < count; i++) {
    await new Promise((done) => setTimeout(done, 5));
    const next = frame();
    const begin = performance.now();
    i % 20 < 10 === atMin ? slider.stepUp() : slider.stepDown();
    slider.dispatchEvent(new Event("input"));
    const heard = performance.now();
    const [start, painted] = await next;
    times.push([heard - begin + painted - Math.max(start, heard), painted - begin]);
  }
  return times;
}
"""
)


class Quiet(SimpleHTTPRequestHandler):
    """Serve files and say nothing."""

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def served() -> Iterator[tuple[Path, str]]:
    """Serve an empty folder on this machine; give the folder and its address."""
    with tempfile.TemporaryDirectory() as folder:
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Path(folder), f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def fetch_stock(folder: Path) -> str:
    """Put what ipywidgets' embedding loads into a folder; return why not, or nothing."""
    npm = shutil.which("npm")
    if not npm:
        return "npm is not installed"
    packages = [f"@jupyter-widgets/html-manager@{__html_manager_version__}", "requirejs@2"]
    try:
        subprocess.run(
            [npm, "pack", "--silent", "--prefer-offline", *packages],
            cwd=folder,
            check=True,
            capture_output=True,
            timeout=300,
        )
    except subprocess.SubprocessError:
        return f"npm could not fetch {' and '.join(packages)}"
    for archive in folder.glob("*.tgz"):
        wanted = "dist/embed-amd.js" if "html-manager" in archive.name else "require.js"
        with tarfile.open(archive) as files:
            script = files.extractfile(f"package/{wanted}").read()
        (folder / Path(wanted).name).write_bytes(script)
    shutil.copy(ANYWIDGET, folder / "anywidget.js")
    return ""


def state_of(name: str) -> str:
    """Return the scripts of saved state that a page with this explorer carries."""
    widget = getattr(widgets, name)(**LARGEST.get(name, {}))
    # All of the state, defaults too, as a published notebook holds it.
    data = embed_data(widget, state=dependency_state(widget, drop_defaults=False))
    return "".join(
        f'<script type="{KIND}-{kind}+json">{escape_script(json.dumps(value))}</script>'
        for kind, value in (("state", data["manager_state"]), ("view", data["view_specs"][0]))
    )


def zipped(*texts: bytes) -> float:
    """Return how many kilobytes the texts take, each compressed as a server would."""
    return sum(len(gzip.compress(text, 6)) for text in texts) / 1000


def first_step(browser: Browser, address: str) -> tuple[float, float, float]:
    """Open a page anew; return the milliseconds to the first step's answer, from DOM ready and from
    navigation, and the kilobytes loaded."""
    with browser.new_context() as context:
        page, responses = context.new_page(), []
        page.add_init_script(FIRST)
        page.on("response", lambda response: responses.append(response))
        page.goto(address)
        ready, whole = page.evaluate("() => first")
        return ready, whole, zipped(*(response.body() for response in responses))


def steps(browser: Browser, address: str, count: int) -> Iterator[tuple[str, np.ndarray, float]]:
    """Yield each slider's label, the milliseconds of that many steps, (count, 2), without and with
    the wait for a frame, and the page's processor time, a step on average."""
    with browser.new_context() as context:
        page = context.new_page()
        client = context.new_cdp_session(page)
        client.send("Performance.enable", {"timeDomain": "threadTicks"})

        def spent() -> float:
            metrics = client.send("Performance.getMetrics")["metrics"]
            return 1000 * next(m["value"] for m in metrics if m["name"] == "TaskDuration")

        page.goto(address)
        page.wait_for_selector(".explorer")
        for slider in page.locator(".explorer input[type=range]").all():
            before = spent()
            times = slider.evaluate(STEPS, count)
            label = slider.evaluate("(slider) => slider.labels[0].textContent")
            yield label, np.array(times), (spent() - before) / count


def busy_since(load: float) -> str:
    """Return how busy the machine was at the start, which is given, and is now."""
    return (
        f"Load average {load:.1f} at the start, {os.getloadavg()[0]:.1f} at the end, of "
        f"{os.cpu_count()} cores."
    )


def report(pairs: int = 7, count: int = 120) -> list[str]:
    """Measure every explorer; return two Markdown tables and what their figures mean."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        return ["The explorers were not timed: chromium is not installed.", ""]
    load, slides, pages = os.getloadavg()[0], [], []
    with sync_playwright() as playwright, served() as (folder, base):
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        for script in HOST:
            shutil.copy(script, folder)
        missing = fetch_stock(folder)
        for name in widgets.explorers():
            state = state_of(name)
            for page, scripts in (("ours", OURS), ("stock", STOCK)):
                (folder / f"{page}.html").write_text(
                    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Explorer</title>'
                    f'<link rel="icon" href="data:,">{scripts}<main>{state}</main>',
                    encoding="utf-8",
                )
            for slider, times, spent in steps(browser, base + "ours.html", count):
                median, late = np.quantile(times[:, 0], (0.5, 0.95))
                cells = [median, late, np.quantile(times[:, 1], 0.95), spent]
                slides.append(f"| {name} | {slider} | " + " | ".join(f"{ms:.1f}" for ms in cells))
                print(slides[-1], flush=True)
            ours, theirs = [], []
            for _ in range(pairs):
                ours.append(first_step(browser, base + "ours.html"))
                if not missing:
                    theirs.append(first_step(browser, base + "stock.html"))
            size = zipped(*(script.read_bytes() for script in HOST), state.encode())
            ready, whole, _ = np.median(ours, axis=0)
            pages.append(f"| {name} | {size:.1f} | {ready:.0f} | {whole:.0f}")
            if not missing:
                times, kilobytes = np.median(np.array(theirs) / ours, axis=0)[1:]
                pages[-1] += f" | {times:.1f} | {kilobytes:.1f}"
            print(pages[-1], flush=True)
        version = browser.version
        browser.close()
    stock = "| stock ÷ ours, time | stock ÷ ours, bytes "
    return [
        "The explorers, each in its largest state with the data it has unless given others (the "
        "largest degree, n or k, and all switched on that can be: of cross-validation k = 40, the "
        "true risk and a hundred repetitions on other data, none of them so at first), in headless "
        f"Chromium {version}. A slider step, from the input event to the painted frame, "
        f"in milliseconds over {count} steps to and fro over the ten next to that state: the "
        "handling of the event, plus the frame in which the explorer draws, from the time given to "
        "`requestAnimationFrame` (or the end of the handling, if later) to the first task after "
        "layout and paint. What the compositor does after that is not counted, nor is the wait for "
        "the frame to begin (60 a second), which the third figure includes. The "
        "fourth is the processor time of the page's thread for a step, everything included, on "
        "average. While cross-validation's hundred repetitions are under way, a frame that answers "
        "no step spends about 8 ms on them; that time is in the fourth figure too.",
        "",
        "| explorer | slider | median | 95 % | 95 %, with the wait | processor time |",
        "|---|---|---:|---:|---:|---:|",
        *(f"{row} |" for row in slides),
        "",
        "A page with nothing but the explorer. Code and state are the host script and the page's "
        "widget state (which holds the explorer's code and style), compressed with gzip; its "
        "static picture and the rest of a page of the book are not counted. The first slider step "
        "is made as soon as the slider is there and ends with the painted frame; DOM ready is "
        f"`domInteractive`. Medians over {pairs} visits, each with an empty cache and served from "
        "this machine, so with no delay of a network."
        + (
            f" The stock embedding was not measured: {missing}."
            if missing
            else " Stock is the same page with require.js, `@jupyter-widgets/html-manager` and "
            "anywidget's front end, from this machine too: medians of the ratios of interleaved "
            "pairs, of the time from navigation to the first step, and of all bytes loaded, page "
            "included, compressed with gzip."
        ),
        "",
        "| explorer | code and state, kB | DOM ready to first step, ms | navigation to first step, "
        f"ms {'' if missing else stock}|",
        "|---|---:|---:|---:|" + ("" if missing else "---:|---:|"),
        *(f"{row} |" for row in pages),
        "",
        busy_since(load),
        "",
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.explorers", description=__doc__)
    parser.add_argument("--pairs", type=int, default=7, help="pairs of runs (default 7)")
    parser.add_argument("--steps", type=int, default=120, help="of each slider (default 120)")
    options = parser.parse_args()
    print("\n".join(report(options.pairs, options.steps)))
