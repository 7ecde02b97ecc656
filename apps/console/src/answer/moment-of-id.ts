/** When an id was made: the first 48 bits of a UUIDv7 are milliseconds since 1970 (RFC 9562, 5.7). Undefined of any other id. */
export function momentOfId(id: string): number | undefined {
  const hex = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-/i.exec(id);
  return hex === null ? undefined : Number.parseInt(`${hex[1] ?? ''}${hex[2] ?? ''}`, 16);
}
