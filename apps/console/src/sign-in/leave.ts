import { SIGNED_OUT } from './trouble';

/*
 * Whoever signs out, or signs in as somebody else, leaves nothing of what was on the page: the document is loaded anew, and with it go
 * answers that were kept, images that were dropped, and what was drawn of them.
 */

/** To the form, which says that one is signed out. */
export function leaveSignedOut(): void {
  history.replaceState(null, '', `/sign-in${SIGNED_OUT}`);
  location.reload();
}

/** The same page, empty. */
export function beginAnew(): void {
  location.reload();
}
