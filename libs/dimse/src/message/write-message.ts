import { PDV_HEAD_BYTES } from '../pdu/pdu-types';
import { writeDataHead } from '../pdu/write-pdu';
import { writeCommandSet, type CommandFields } from './command-set';

/** Longer PDUs save nothing, and make whoever receives them wait. */
const LONGEST_PDU_BYTES = 256 * 1024;

/** Of a peer's maximum, where 0 is without limit: what one presentation data value of ours holds. */
export function valueBytes(maxPduBytes: number): number {
  const most = (maxPduBytes === 0 ? LONGEST_PDU_BYTES : Math.min(maxPduBytes, LONGEST_PDU_BYTES)) - PDV_HEAD_BYTES;
  // DCMTK refuses fragments of odd length; whoever announces an odd maximum may have its parser.
  return most > 1 ? most & ~1 : most;
}

/** A message in P-DATA-TF PDUs, none longer than the peer takes; the bytes of the data set are shared, not copied. */
export function* writeMessage(
  contextId: number,
  maxPduBytes: number,
  fields: CommandFields,
  dataSet?: Buffer,
): Generator<Buffer> {
  yield* split(contextId, true, writeCommandSet(fields, dataSet !== undefined), maxPduBytes);
  if (dataSet !== undefined) yield* split(contextId, false, dataSet, maxPduBytes);
}

function* split(contextId: number, isCommand: boolean, bytes: Buffer, maxPduBytes: number): Generator<Buffer> {
  const step = valueBytes(maxPduBytes);
  let at = 0;
  do {
    const piece = bytes.subarray(at, at + step);
    at += step;
    yield writeDataHead(contextId, isCommand, at >= bytes.length, piece.length);
    if (piece.length > 0) yield piece;
  } while (at < bytes.length);
}
