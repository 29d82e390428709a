/**
 * The server's own sentence of a refused request: the header X-Refusal (percent-encoded UTF-8), else `message` of a
 * JSON answer, else the element marked data-refusal of a page. Empty when there is none.
 */
export function refusalOf(request: XMLHttpRequest): string {
  const header = request.getResponseHeader("X-Refusal");
  if (header) {
    return decoded(header);
  }
  const type = request.getResponseHeader("Content-Type") ?? "";
  if (type.indexOf("json") >= 0) {
    return messageOf(request.responseText);
  }
  if (type.indexOf("html") >= 0) {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    return page.querySelector("[data-refusal]")?.textContent?.trim() ?? "";
  }
  return "";
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function messageOf(text: string): string {
  try {
    const answer: unknown = JSON.parse(text);
    if (answer && typeof answer === "object" && "message" in answer) {
      return String((answer as { message: unknown }).message);
    }
  } catch {
    // Cut off on the way: the caller has its own words for that.
  }
  return "";
}
