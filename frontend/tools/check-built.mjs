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

const problems = [];
for (const name of readdirSync(new URL("assets/", FOLDER))) {
  const text = readFileSync(new URL(`assets/${name}`, FOLDER), "utf8");
  const rules = name.endsWith(".css") ? NOT_IN_CSS : name.endsWith(".js") ? NOT_IN_JS : [];
  for (const [pattern, what] of rules) {
    const found = pattern.exec(text);
    if (found) {
      const around = text.slice(Math.max(0, found.index - 40), found.index + 40);
      problems.push(`${name}: ${what} in "${around}"`);
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
