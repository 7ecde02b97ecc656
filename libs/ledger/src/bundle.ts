/** Largest entry: its length stands in front of it as two bytes. */
const MAX_ENTRY_BYTES = 65_535;

/** An entry bundle of C2SP tlog-tiles: each entry behind its length as a big-endian uint16. */
export function encodeBundle(entries: readonly Buffer[]): Buffer {
  const parts = entries.flatMap((entry) => {
    if (entry.length > MAX_ENTRY_BYTES) throw new RangeError('A ledger entry has at most 65,535 bytes.');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(entry.length);
    return [length, entry];
  });
  return Buffer.concat(parts);
}

/** @throws RangeError when the bundle is cut off */
export function decodeBundle(bundle: Buffer): Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at < bundle.length;) {
    const begin = at + 2;
    const end = begin + bundle.readUInt16BE(at);
    if (end > bundle.length) throw new RangeError('The entry bundle is cut off.');
    entries.push(bundle.subarray(begin, end));
    at = end;
  }
  return entries;
}
