/** Lays an element over its spot of the picture: `x,y,width,height` in fractions. */
export function layOver(element: HTMLElement, spot: string): void {
  const [x = 0, y = 0, width = 0, height = 0] = spot.split(",").map(Number);
  element.dataset["box"] = spot;
  Object.assign(element.style, {
    left: `${x * 100}%`, top: `${y * 100}%`, width: `${width * 100}%`, height: `${height * 100}%`,
  });
}

/**
 * Lays what the machine recognised over the picture: `x,y,width,height,look,label` each, divided by semicolons, in place
 * of what lay there. Whether there is anything.
 */
export function showFound(stage: HTMLElement, found: string): boolean {
  const canvas = stage.querySelector(".stage__canvas");
  stage.querySelectorAll(".stage__found").forEach((box) => box.remove());
  const fields = found.split(";").filter(Boolean);
  fields.forEach((field) => {
    const [x, y, width, height, look = "", label = ""] = field.split(",");
    const box = document.createElement("span");
    box.className = `stage__found stage__found--${look}`;
    box.setAttribute("aria-hidden", "true"); // the panel beside it says the same
    const name = document.createElement("b");
    name.textContent = label;
    box.append(name);
    layOver(box, [x, y, width, height].join(","));
    canvas?.append(box);
  });
  return fields.length > 0;
}
