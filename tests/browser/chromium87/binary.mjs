// Unpacks the Chromium 87 that chrome-aws-lambda carries: `node binary.mjs PACKAGE FOLDER`.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";

const [source, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const unpacked = (name) => brotliDecompressSync(readFileSync(join(source, "bin", name)));
for (const name of ["aws.tar.br", "swiftshader.tar.br"]) {
  execFileSync("tar", ["-x", "-C", folder], { input: unpacked(name) });
}
const binary = join(folder, "chromium");
if (!existsSync(binary)) {
  writeFileSync(`${binary}.part`, unpacked("chromium.br"));
  chmodSync(`${binary}.part`, 0o755);
  renameSync(`${binary}.part`, binary);
}
