const SHOWN = 8;

/** The beginning of a hash in hex: enough to tell two apart by eye. */
export const shortHash = (hash: string): string => `${hash.slice(0, SHOWN)}…`;
