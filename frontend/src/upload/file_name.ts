/** What a picture is called on its way: nothing of the name it has on this device. */
export function fileName(type: string): string {
  return `picture.${type === "image/png" ? "png" : "jpg"}`;
}
