/*
 * `up` and `medserve console` print an address that ends in `#code=...`: a fragment is sent to nobody, and the code is good for one
 * sign-in. It is taken off the address before anything else reads it, so that no router, no history and no picture of the screen has it.
 * It is held in memory until it was used.
 */
const PATTERN = /^#code=(msc_[A-Za-z0-9_-]{1,196})$/;

/** The code of a fragment; undefined for any other. */
export const codeOfFragment = (fragment: string): string | undefined => PATTERN.exec(fragment)?.[1];

let held: string | undefined;

/** Takes a code off the address. Says whether there was one. */
export function holdFragmentCode(): boolean {
  const code = codeOfFragment(location.hash);
  if (code === undefined) return false;
  held = code;
  history.replaceState(history.state, '', location.pathname + location.search);
  return true;
}

/** The code that was taken off, once. */
export function takeHeldCode(): string | undefined {
  const code = held;
  held = undefined;
  return code;
}

/** Keeps a code that could not be tried, for the next time that somebody asks who is signed in. */
export const holdAgain = (code: string): void => {
  held = code;
};

if (typeof location !== 'undefined') holdFragmentCode();
