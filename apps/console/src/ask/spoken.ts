/** Where a sentence or a clause ends: there a voice may pause. */
const PAUSE = /[.!?;:,\n。！？；，](?=\s|$)/gu;

/** Beyond this a piece is read without a pause in it. */
const LONG = 160;

/**
 * How much of a text that is being written may be read aloud now: up to the last pause, so that no word is cut and nobody hears single
 * tokens. All of it once it has ended.
 *
 * @param from how much was read aloud already, in characters
 * @returns the same, after this piece
 */
export function spokenUpTo(text: string, from: number, hasEnded: boolean): number {
  if (hasEnded) return text.length;
  const fresh = text.slice(from);
  const pause = [...fresh.matchAll(PAUSE)].at(-1);
  if (pause !== undefined) return from + pause.index + pause[0].length;
  const space = fresh.lastIndexOf(' ');
  return fresh.length > LONG && space > 0 ? from + space : from;
}
