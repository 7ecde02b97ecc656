/** Why the way back from an issuer, or from a sign-out, led to the page of sign-in: words of the gateway, in the fragment. */
const TROUBLES = ['expired', 'denied', 'refused', 'no-rights', 'busy', 'unavailable'] as const;

export type Trouble = (typeof TROUBLES)[number];

/** @param fragment of the address; undefined for any other text */
export const troubleOf = (fragment: string): Trouble | undefined =>
  TROUBLES.find((trouble) => fragment === `#trouble=${trouble}`);

export const SIGNED_OUT = '#signed-out';

/** The pages that an issuer may lead back to; what the gateway does not know it takes for the first page. */
export const returnPath = (path: string): string => (path === '/sign-in' ? '/' : path);
