import { IMPLICIT_LITTLE_ENDIAN } from '../../uids/transfer-syntaxes';

/** (0008,0058) Failed SOP Instance UID List. */
const GROUP = 0x0008;
const NUMBER = 0x0058;
/** UI has a 16-bit length (PS3.5 7.1.2): UIDs that do not fit are left out, the count has them. */
const MAX_VALUE_BYTES = 0xfffe;

/** The identifier of a last C-MOVE response (PS3.4 C.4.2.1.4.2), in implicit or explicit VR little endian. */
export function writeFailedInstances(uids: readonly string[], transferSyntax: string): Buffer {
  let text = '';
  for (const uid of uids) {
    const longer = text === '' ? uid : `${text}\\${uid}`;
    if (longer.length > MAX_VALUE_BYTES) break;
    text = longer;
  }
  const value = Buffer.from(text.length % 2 === 0 ? text : `${text}\0`, 'latin1');
  const head = Buffer.alloc(8);
  head.writeUInt16LE(GROUP, 0);
  head.writeUInt16LE(NUMBER, 2);
  if (transferSyntax === IMPLICIT_LITTLE_ENDIAN) {
    head.writeUInt32LE(value.length, 4);
  } else {
    head.write('UI', 4, 'latin1');
    head.writeUInt16LE(value.length, 6);
  }
  return Buffer.concat([head, value]);
}
