/** Bytes as people read them on the upload page: "312.5 KB", "4.8 MB"; 1 KB is 1,024 bytes, as in the 200 KB rule. */
export function readableSize(bytes: number): string {
  if (bytes < 1024) {
    return `${bytes} B`;
  }
  const kilobytes = bytes / 1024;
  // Rounded up, so that a file one byte over the limit never reads as the limit itself.
  if (kilobytes < 1024) {
    return `${trimmed(Math.ceil(kilobytes * 10) / 10)} KB`;
  }
  return `${trimmed(Math.ceil((kilobytes / 1024) * 10) / 10)} MB`;
}

function trimmed(value: number): string {
  return value.toFixed(1).replace(/\.0$/, "");
}
