/** Opposites of the patient's directions (DICOM PS3.3 C.7.6.1.1.1): left, right, anterior, posterior, head, feet. */
const OPPOSITES: Readonly<Record<string, string>> = { L: 'R', R: 'L', A: 'P', P: 'A', H: 'F', F: 'H' };

/** The direction against this one; of a direction in between, such as `LP`, each letter's. Undefined of anything else. */
export function oppositeOf(direction: string): string | undefined {
  if (direction === '') return undefined;
  const letters = Array.from(direction, (letter) => OPPOSITES[letter]);
  return letters.includes(undefined) ? undefined : letters.join('');
}

/** What stands at the four edges of a slice. */
export interface EdgeLetters {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
}

/** @param orientation directions that columns and rows grow towards. Undefined where it does not say both in known letters. */
export function edgeLetters(orientation: { readonly x: string; readonly y: string } | null): EdgeLetters | undefined {
  if (orientation === null) return undefined;
  const [left, top] = [oppositeOf(orientation.x), oppositeOf(orientation.y)];
  return left === undefined || top === undefined
    ? undefined
    : { left, right: orientation.x, top, bottom: orientation.y };
}
