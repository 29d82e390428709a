/**
 * Where each of several pictures may be sent, best first: the place that was pressed is for the first, the next free one
 * for the second; the last way names no place, and takes any number.
 */
export function waysOf(pressed: string, places: readonly number[], count: number): string[][] {
  const [anywhere = ""] = pressed.split("?");
  const others = places.map((place) => `${anywhere}?position=${place}`).filter((action) => action !== pressed);
  return Array.from({ length: count }, (_, number) => [...[pressed, ...others].slice(number), anywhere]);
}
