import { fileName } from "./file_name";

/** Whether this page sends pictures by itself; without that (at the counter) the form carries one. */
export function hasQueue(): boolean {
  return document.querySelector("[data-controller~=uploads]") !== null;
}

/** Sends the form as the browser would by itself, with the prepared picture in its file field. */
export function sendPlainly(form: HTMLFormElement, input: HTMLInputElement, picture: Blob): void {
  try {
    const carrier = new DataTransfer();
    carrier.items.add(new File([picture], fileName(picture.type), { type: picture.type }));
    input.files = carrier.files;
  } catch {
    // Safari before 14.1: the chosen file goes as it is, and the server says what is wrong with it.
  }
  form.submit();
}
