import canonicalize from 'canonicalize';
import { isRecordEvent, parseLedgerEvent, readLedgerEvent, type LedgerEvent } from './ledger-event';
import { usualEvent } from './usual-event';

/** An entry of the ledger has at most this many bytes, its length being two bytes there. */
export const MAX_EVENT_BYTES = 65_535;

/**
 * Checks an event and writes it as canonical JSON (RFC 8785): the bytes that become the ledger's leaf.
 * @throws ZodError or RangeError: a mistake of ours, never of a caller
 */
export function encodeEvent(event: LedgerEvent): Buffer {
  const usual = isRecordEvent(event) ? usualEvent(event) : undefined;
  const bytes = Buffer.from(usual ?? canonicalize(parseLedgerEvent(event)) ?? '');
  if (bytes.length > MAX_EVENT_BYTES) throw new RangeError('An event has at most 65,535 bytes.');
  return bytes;
}

/**
 * Reads an event back, without the members that only a later release knows. The bytes themselves are what counts: they are passed on,
 * never written anew.
 * @throws ZodError or SyntaxError
 */
export function decodeEvent(bytes: Buffer): LedgerEvent {
  return readLedgerEvent(JSON.parse(bytes.toString('utf8')));
}
