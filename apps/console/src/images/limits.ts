/** What the gateway takes in one request (`DEFAULT_LIMITS` of the gateway); it checks again. */
export const LIMITS = { bytes: 512 * 1024 * 1024, files: 2_000 } as const;

/** Each file takes a few lines of the body beside its bytes, and the request itself some more. */
const BYTES_AROUND_A_FILE = 200;
const BYTES_OF_A_REQUEST = 64 * 1024;

export type Excess = { readonly kind: 'bytes' | 'files'; readonly found: number; readonly limit: number };

/** Which limit the files exceed together; undefined: none. */
export function excessOf(files: readonly { readonly size: number }[]): Excess | undefined {
  if (files.length > LIMITS.files) return { kind: 'files', found: files.length, limit: LIMITS.files };
  const found = files.reduce((sum, { size }) => sum + size + BYTES_AROUND_A_FILE, BYTES_OF_A_REQUEST);
  return found > LIMITS.bytes ? { kind: 'bytes', found, limit: LIMITS.bytes } : undefined;
}
