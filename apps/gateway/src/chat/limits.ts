/** What one session may hold. Every limit has a refusal that names it. */
export const SESSION_LIMITS = {
  turns: 200,
  /** Of all turns together, as they are stored. */
  wordBytes: 1024 * 1024,
  /** Of all images together, as they were sent: they are kept with the session, so that a later turn can speak of them. */
  imageBytes: 32 * 1024 * 1024,
  /** Of one turn. */
  images: 16,
  textCharacters: 32_768,
  systemCharacters: 16_384,
  /** Of the JSON of one turn, images in base64 among it. */
  bodyBytes: 48 * 1024 * 1024,
  ttlSeconds: { least: 60, usual: 3_600, most: 604_800 },
} as const;
