/** What one request of OpenAI's API may hold, beside what its model takes. Every one has a refusal that names it. */
export const OPENAI_LIMITS = {
  /** Of the JSON, images in base64 among it. */
  bodyBytes: 64 * 1024 * 1024,
  messages: 1_024,
  /** Of one message. */
  parts: 256,
  tools: 128,
  /** Of all tools together, as JSON. */
  toolBytes: 256 * 1024,
  /** Of the schema of an answer, as JSON. */
  schemaBytes: 64 * 1024,
  stops: 16,
  stopCharacters: 256,
  biasedTokens: 1_024,
  choices: 16,
  /** Samples of all images of one request, decoded. */
  decodedBytes: 256 * 1024 * 1024,
  /** The same of all requests of a gateway, with the uploaded files that are being decoded. */
  decodedInFlightBytes: 1024 * 1024 * 1024,
  /** Of a prompt, for every token of the context: more than the longest token of any vocabulary in use has. */
  charactersPerToken: 256,
  /** Of an answer that is sent as it is written, as events: what is kept of it until it is on record. */
  streamBytes: 8 * 1024 * 1024,
  /** Of all those answers together. */
  streamsBytes: 512 * 1024 * 1024,
  /** Texts of one request for vectors. */
  texts: 2_048,
  /** Of all those texts together. */
  textBytes: 8 * 1024 * 1024,
} as const;
