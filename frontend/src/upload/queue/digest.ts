/** "sha256:<hex>" as the server writes it; empty without a secure context, where browsers compute none. */
export async function digestOf(data: ArrayBuffer): Promise<string> {
  if (!window.crypto?.subtle) {
    return "";
  }
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return `sha256:${hex(bytes)}`;
}

/** A key nobody else draws: 128 random bits. */
export function newKey(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16)));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
