/* What a learner moves in an output: drawn by a script of ours. Of the output come its name and what
   there is to draw, never a script or a style, as anybody may have made the notebook. */

import choose from "../../reglib/widgets/choose.js";
import tune from "../../reglib/widgets/tune.js";
import { makeModel } from "../_static/widget-host.js";
import { make } from "./make.js";

const OURS = { choose, tune };

/** An element in which a widget runs. Throws if there is none of that name, or it cannot be drawn. */
export function widget({ script, state: { at, _limits, _facts } }) {
  if (!Object.hasOwn(OURS, script)) throw new Error(`no widget is called ${script}`);
  dress();
  const el = make("div");
  OURS[script].render({ model: makeModel({ at, _limits, _facts }), el });
  return el;
}

function dress() {
  const href = new URL("widgets.css", import.meta.url).href;
  if (document.querySelector(`link[href="${href}"]`)) return;
  document.head.append(make("link", { rel: "stylesheet", href }));
}
