// Reads the built files and fails on what the oldest supported browsers (Chromium 87, iOS 13) don't have, and when the
// first visit of a candidate gets too heavy. The build lowers syntax; it does not lower these.
import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";

const FOLDER = new URL("../dist/", import.meta.url);
const BUDGET = 70 * 1024;

const NOT_IN_CSS = [
  [/@layer\b/, "@layer"],
  [/@container\b/, "@container"],
  [/:has\(/, ":has()"],
  [/:is\(/, ":is()"],
  [/:where\(/, ":where()"],
  [/\boklch\(/, "oklch()"],
  [/\bcolor-mix\(/, "color-mix()"],
  [/[;{]aspect-ratio:/, "aspect-ratio"],
  [/[;{]accent-color:/, "accent-color"],
  [/\d(d|s|l)v[hw]\b/, "dvh, svh, lvh"],
  [/[;{](translate|rotate|scale):/, "translate:, rotate:, scale:"],
  [/&/, "nested rules"],
];
const NOT_IN_JS = [
  [/\.at\(/, "Array.at"],
  [/\.findLast(Index)?\(/, "findLast"],
  [/Object\.hasOwn\(/, "Object.hasOwn"],
  [/\bstructuredClone\(/, "structuredClone"],
  [/\.randomUUID\(/, "crypto.randomUUID"],
  [/AbortSignal\.(timeout|any)\(/, "AbortSignal.timeout"],
  [/\.(showPopover|togglePopover)\(/, "popover"],
  [/\.checkVisibility\(/, "checkVisibility"],
  [/\bstatic\{/, "class static block"],
  [/\beval\(/, "eval"],
];

/** What iOS 13 lacks beyond these. Candidates alone bring one: what only staff load isn't asked. */
const NOT_IN_SAFARI_13_CSS = [
  [/[;{]inset(-block|-inline)?(-start|-end)?:/, "inset:"],
  [/\bclamp\(/, "clamp()"],
  [/[;{]overflow(-[xy])?:clip\b/, "overflow: clip"],
  [/@media[^{]*[<>]=?/, "ranges in @media"],
  [/@supports selector\(/, "@supports selector()"],
  // The grids carry `grid-gap` beside it, which older engines know; boxes without it are flex.
  [/\{(?![^{}]*grid-gap:)[^{}]*(?<=[;{])gap:/, "gap: outside a grid"],
];
const NOT_IN_SAFARI_13_JS = [
  [/\.replaceAll\(/, "replaceAll"],
  [/\.replaceChildren\(/, "replaceChildren"],
  // A Response has it; a Blob doesn't. `text()` can't be told apart here: `new Response(blob).text()`.
  [/(?<!new Response\([\w$]+\))\.arrayBuffer\(/, "Blob.arrayBuffer"],
  [/\.stream\(\)/, "Blob.stream"],
  [/\bResizeObserver\b/, "ResizeObserver"],
  [/\brequestSubmit\b/, "requestSubmit"],
  [/\.submitter\b/, "SubmitEvent.submitter"],
  [/\bshowModal\b/, "dialog.showModal"],
  [/\binert\b/, "inert"],
  [/\bOffscreenCanvas\b/, "OffscreenCanvas"],
  [/\bcreateImageBitmap\b/, "createImageBitmap"],
  [/\{type:[`'"]module[`'"]\}/, "module workers"],
  [/\bBroadcastChannel\b/, "BroadcastChannel"],
  [/\bnavigator\.locks\b/, "navigator.locks"],
  [/\bWeakRef\b/, "WeakRef"],
  [/\brequestIdleCallback\b/, "requestIdleCallback"],
  [/\bBigInt\(/, "BigInt"],
  [/\bPromise\.any\(/, "Promise.any"],
  [/\.(toSorted|toReversed|toSpliced)\(/, "toSorted, toReversed, toSpliced"],
  [/\bindexedDB\.databases\(/, "indexedDB.databases"],
  [/\bmatchMedia\([^)]*\)\.addEventListener\(/, "MediaQueryList.addEventListener"],
  [/\bIntl\.(ListFormat|RelativeTimeFormat|Segmenter)\b/, "Intl.ListFormat and others"],
  [/\(\?<[=!]/, "lookbehind"],
];
/** How often a file may name what it asks for before it uses it; one more is one that doesn't ask. */
const ASKED_FIRST = {
  // modal.ts looks for showModal, and without it pages and `confirm` do; a button that isn't named is asked for by click.
  start: { ResizeObserver: 2, requestSubmit: 2, "SubmitEvent.submitter": 2, "dialog.showModal": 2 },
  // preparer.ts starts its worker only where all of these are; else the page itself works with a canvas.
  preparer: { OffscreenCanvas: 2, createImageBitmap: 1, "module workers": 1 },
  worker: { OffscreenCanvas: 1, createImageBitmap: 1 },
};
const STAFF_ONLY = /^(staff|chart)-/;

const problems = [];

function look(name, text, rules, allowed = {}) {
  for (const [pattern, what] of rules) {
    const found = [...text.matchAll(new RegExp(pattern, "g"))];
    const most = allowed[what] ?? 0;
    if (found.length > most) {
      const at = found[found.length - 1].index;
      problems.push(`${name}: ${what} ${found.length} times, not ${most}, in "${text.slice(Math.max(0, at - 40), at + 40)}"`);
    } else if (found.length < most) {
      problems.push(`${name}: ${what} stands here ${found.length} times; the list of this check says ${most}`);
    }
  }
}

for (const name of readdirSync(new URL("assets/", FOLDER))) {
  const text = readFileSync(new URL(`assets/${name}`, FOLDER), "utf8");
  const forCandidates = !STAFF_ONLY.test(name);
  if (name.endsWith(".css")) {
    look(name, text, [...NOT_IN_CSS, ...(forCandidates ? NOT_IN_SAFARI_13_CSS : [])]);
  } else if (name.endsWith(".js")) {
    look(name, text, NOT_IN_JS);
    if (forCandidates) {
      look(name, text, NOT_IN_SAFARI_13_JS, ASKED_FIRST[name.split("-")[0]]);
    }
  }
}

const manifest = JSON.parse(readFileSync(new URL("manifest.json", FOLDER), "utf8"));
const entry = manifest["src/candidate.ts"];
const files = [entry.file, ...entry.css, manifest["src/icons.svg"].file, ...entry.imports.map((key) => manifest[key].file)];
const weight = files.reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, FOLDER))).length, 0);
console.log(`first visit of a candidate: ${(weight / 1024).toFixed(1)} KB compressed, without the page and pictures`);
if (weight > BUDGET) {
  problems.push(`first visit of a candidate weighs ${weight} bytes, the limit is ${BUDGET}`);
}

if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
