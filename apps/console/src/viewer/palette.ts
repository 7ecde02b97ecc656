const FINDINGS = 8;

/** The colours of findings as the style sheet of the page has them (`--finding-0` ...), as `#rrggbb`. */
export function paletteOf(element: Element): readonly string[] {
  const style = getComputedStyle(element);
  return Array.from({ length: FINDINGS }, (_, place) => style.getPropertyValue(`--finding-${String(place)}`).trim());
}
