import { Controller } from "@hotwired/stimulus";

/** The error summary takes the focus when it appears, so that it is read first and its links are one Tab away. */
export default class extends Controller<HTMLElement> {
  override connect(): void {
    this.element.focus();
  }

  /** Following a link of the summary puts the cursor into the field itself. */
  field(event: MouseEvent): void {
    const link = event.currentTarget as HTMLAnchorElement;
    const field = document.getElementById(link.hash.slice(1));
    if (field) {
      event.preventDefault();
      field.focus({ preventScroll: true });
      (field.closest(".field") ?? field).scrollIntoView({ block: "center" });
    }
  }
}
