/** A request the server refused, with its own sentence. */
export class Refused extends Error {}

/** The server wasn't reached: it may answer the next time. */
export class Unreached extends Refused {}

type How = { background?: boolean; keepalive?: boolean };

/** Asks the workbench's server side for changed parts: post with a body, get without. Throws Refused, Unreached. */
export async function ask(address: string, body: FormData | null, how: How = {}): Promise<string> {
  const headers: Record<string, string> = { "X-Workbench": "1" };
  if (how.background) {
    headers["X-Background"] = "1";
  }
  let answer: Response;
  try {
    answer = await fetch(address, {
      method: body ? "POST" : "GET",
      headers,
      credentials: "same-origin",
      keepalive: how.keepalive ?? false,
      ...(body ? { body } : {}),
    });
  } catch {
    throw new Unreached(pageWords("unreachable"));
  }
  if (!answer.ok || answer.redirected) {
    throw new Refused(sentenceOf(answer) || pageWords("refused"));
  }
  return answer.status === 204 ? "" : answer.text();
}

function sentenceOf(answer: Response): string {
  const header = answer.headers.get("X-Refusal") ?? "";
  try {
    return decodeURIComponent(header);
  } catch {
    return header;
  }
}

function pageWords(name: string): string {
  return document.getElementById("trouble")?.getAttribute(`data-${name}`) ?? "";
}

export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
