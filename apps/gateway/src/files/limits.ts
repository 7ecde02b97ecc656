/** What an upload may hold. Either has a refusal that names it. */
export const FILE_LIMITS = {
  /** Of the form, with all that is around the file. */
  bodyBytes: 64 * 1024 * 1024,
  /** Of the file. */
  bytes: 48 * 1024 * 1024,
} as const;
