/** The pages that somebody may go on to after a sign-in. No other address is ever led to. */
const PAGES = /^\/(?:answers\/[A-Za-z0-9-]{1,64}|sign-in|work|models(?:\/[A-Za-z0-9._~%@:-]{1,384})?|pools|audit)?$/;

/** The page itself where it is one of ours, else the first. */
export const pageOr = (path: unknown): string => (typeof path === 'string' && PAGES.test(path) ? path : '/');

/** Why a sign-in at an issuer did not come to its end, for the page that tells it. */
export type Trouble = 'expired' | 'denied' | 'refused' | 'no-rights' | 'busy' | 'unavailable';

export const SIGN_IN_PAGE = '/sign-in';

/** A fragment: it is sent to nobody and stands in no log. */
export const troublePage = (trouble: Trouble): string => `${SIGN_IN_PAGE}#trouble=${trouble}`;
