const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text could be an id of ours, in either case; anything else is a text of the caller's, which no record may hold. */
export const isId = (text: string): boolean => UUID.test(text);
