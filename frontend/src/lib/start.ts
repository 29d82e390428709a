import { Application, type ControllerConstructor } from "@hotwired/stimulus";
import htmx from "htmx.org";

import { announce, showTrouble } from "./live";
import { refusalOf } from "./refusal";

interface Failure {
  xhr: XMLHttpRequest;
  requestConfig: { headers: Record<string, string> };
}

/** Starts the controllers of a page and tells the reader when a request in the background fails. */
export function start(controllers: Record<string, ControllerConstructor>): void {
  const application = Application.start();
  Object.keys(controllers).forEach((name) => {
    const controller = controllers[name];
    if (controller) {
      application.register(name, controller);
    }
  });
  document.documentElement.classList.add("has-script");
  // What a whole page would say on top stands in the headers of an answer to a script.
  document.addEventListener("said", (event) => announce((event as CustomEvent<{ sentence: string }>).detail.sentence));
  tellFailures();
}

function tellFailures(): void {
  // htmx reads its configuration from the page's meta element; a missing one would leave evaluation on.
  if (htmx.config.allowEval) {
    htmx.config.allowEval = false;
    htmx.config.allowScriptTags = false;
    htmx.config.includeIndicatorStyles = false;
    htmx.config.selfRequestsOnly = true;
  }
  const words = (name: string): string => document.getElementById("trouble")?.getAttribute(`data-${name}`) ?? "";
  const tell = (name: string): void => {
    document.addEventListener(name, (event) => {
      const { xhr, requestConfig } = (event as CustomEvent<Failure>).detail;
      // What the page asks by itself fails silently: it asks again, and nobody waits for it.
      if (!requestConfig.headers["X-Background"]) {
        showTrouble(name === "htmx:responseError" ? refusalOf(xhr) || words("refused") : words("unreachable"));
      }
    });
  };
  ["htmx:sendError", "htmx:timeout", "htmx:responseError"].forEach(tell);
}
