import { Application, type ControllerConstructor } from "@hotwired/stimulus";
import htmx from "htmx.org";

import { showTrouble } from "./live";
import { refusalOf } from "./refusal";

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
  document.addEventListener("htmx:sendError", () => showTrouble(words("unreachable")));
  document.addEventListener("htmx:timeout", () => showTrouble(words("unreachable")));
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail;
    showTrouble(refusalOf(xhr) || words("refused"));
  });
}
