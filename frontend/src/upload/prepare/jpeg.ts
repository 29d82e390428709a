import { NoPicture } from "./types";

/** What the header of a JPEG says; sides are those of the stored pixels, before any turning. */
export interface JpegHead {
  width: number;
  height: number;
  /** EXIF orientation, 1 to 8. */
  orientation: number;
  /** Where its value stands, with the byte order; null without one. */
  orientationAt: { offset: number; littleEndian: boolean } | null;
}

const START_OF_SCAN = 0xda;
const END = 0xd9;
const APP1 = 0xe1;

/** Reads markers up to the pixels, and sees to it that the pixels end. Throws NoPicture `damaged`. */
export function readJpeg(bytes: Uint8Array): JpegHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const head: JpegHead = { width: 0, height: 0, orientation: 1, orientationAt: null };
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) {
      throw new NoPicture("damaged");
    }
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = view.getUint16(at + 2);
    if (isFrame(marker) && at + 9 <= bytes.length) {
      head.height = view.getUint16(at + 5);
      head.width = view.getUint16(at + 7);
    } else if (marker === APP1 && head.orientationAt === null) {
      readOrientation(view, at + 4, at + 2 + length, head);
    } else if (marker === START_OF_SCAN) {
      if (head.width === 0 || head.height === 0 || !endsAfter(bytes, at + 2 + length)) {
        throw new NoPicture("damaged");
      }
      return head;
    }
    at += 2 + length;
  }
  throw new NoPicture("damaged");
}

/** The same file that calls itself upright, so that every browser decodes it the same way. */
export function withoutOrientation(bytes: Uint8Array, head: JpegHead): Uint8Array {
  const place = head.orientationAt;
  if (place !== null && head.orientation !== 1) {
    new DataView(bytes.buffer, bytes.byteOffset).setUint16(place.offset, 1, place.littleEndian);
  }
  return bytes;
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Telephones write their own data behind the end, so the end is looked for, not expected at the last byte. */
function endsAfter(bytes: Uint8Array, from: number): boolean {
  let at = bytes.indexOf(0xff, from);
  while (at >= 0 && at + 1 < bytes.length) {
    if (bytes[at + 1] === END) {
      return true;
    }
    at = bytes.indexOf(0xff, at + 1);
  }
  return false;
}

function readOrientation(view: DataView, from: number, to: number, head: JpegHead): void {
  const end = Math.min(to, view.byteLength);
  if (end - from < 20 || view.getUint32(from) !== 0x45786966) {
    return;
  }
  const tiff = from + 6;
  const littleEndian = view.getUint16(tiff) === 0x4949;
  const directory = tiff + view.getUint32(tiff + 4, littleEndian);
  if (directory < tiff || directory + 2 > end) {
    return;
  }
  const count = view.getUint16(directory, littleEndian);
  for (let entry = directory + 2; entry + 12 <= end && entry < directory + 2 + count * 12; entry += 12) {
    if (view.getUint16(entry, littleEndian) === 0x0112) {
      const value = view.getUint16(entry + 8, littleEndian);
      if (value >= 1 && value <= 8) {
        head.orientation = value;
        head.orientationAt = { offset: entry + 8, littleEndian };
      }
      return;
    }
  }
}
