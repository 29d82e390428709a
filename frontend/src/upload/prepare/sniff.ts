import { NoPicture, type Format } from "./types";

/** Formats by their first bytes; a name or a MIME type says nothing about what is inside. */
export function formatOf(bytes: Uint8Array): Format {
  if (bytes.length === 0) {
    throw new NoPicture("empty");
  }
  const found = formatByStart(bytes);
  if (found in CONVERTIBLE) {
    return found as Format;
  }
  throw new NoPicture("type", { found });
}

const CONVERTIBLE: Record<Format, true> = { jpeg: true, png: true, webp: true, bmp: true, heic: true };

function formatByStart(bytes: Uint8Array): string {
  const text = latin(bytes, 0, 16);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) {
    return "jpeg";
  }
  if (text.startsWith("\x89PNG\r\n\x1a\n")) {
    return "png";
  }
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") {
    return "webp";
  }
  if (text.slice(4, 8) === "ftyp") {
    return /hei[cxms]|hev[cx]|mif1|msf1/.test(latin(bytes, 8, 40)) ? "heic" : "mp4 / mov";
  }
  const others: [string, string][] = [
    ["BM", "bmp"],
    ["GIF8", "gif"],
    ["%PDF", "pdf"],
    ["II*\0", "tiff"],
    ["MM\0*", "tiff"],
    ["PK\x03\x04", "zip / docx / xlsx"],
    ["<", "svg / html"],
  ];
  return others.find(([start]) => text.startsWith(start))?.[1] ?? "";
}

function latin(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
