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
  if (text.startsWith("BM")) {
    return "bmp";
  }
  if (text.slice(4, 8) === "ftyp") {
    const brands = latin(bytes, 8, 40);
    if (/hei[cxms]|hev[cx]|mif1|msf1/.test(brands)) {
      return "heic";
    }
    return /^avi[fs]/.test(brands) ? "AVIF" : "MP4 / MOV";
  }
  return OTHERS.find(([start]) => text.startsWith(start))?.[1] ?? "";
}

/** What can't become a picture here, by the names `kaosheng.pictures.sniff` has for it. */
const OTHERS: [string, string][] = [
  ["GIF8", "GIF"],
  ["%PDF", "PDF"],
  ["II*\0", "TIFF"],
  ["MM\0*", "TIFF"],
  ["\0\0\x01\0", "ICO"],
  ["\xff\x0a", "JPEG XL"],
  ["\0\0\0\x0cJXL ", "JPEG XL"],
  ["\0\0\0\x0cjP  ", "JPEG 2000"],
  ["\xff\x4f\xff\x51", "JPEG 2000"],
  ["8BPS", "PSD"],
  ["PK\x03\x04", "ZIP / DOCX / XLSX"],
  ["\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "DOC / XLS"],
  ["Rar!\x1a\x07", "RAR"],
  ["7z\xbc\xaf\x27\x1c", "7Z"],
  ["<", "SVG / HTML"],
];

function latin(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
