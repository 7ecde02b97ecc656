/** Something that has to be on this machine is not there; the message says what to do. */
export class MissingToolError extends Error {}
