import { hexOf } from '../dictionary/dictionary';

type Read = (bytes: Buffer, at: number, littleEndian: boolean) => number | string;

/** JSON has no number for these; PS3.18 F.2.3.1 has them as text. */
const finite = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

const long = (value: bigint): number | string => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
};

const BINARY_NUMBERS: Readonly<Record<string, { readonly width: number; readonly read: Read }>> = {
  AT: {
    width: 4,
    read: (bytes, at, isLittle) =>
      isLittle
        ? hexOf(bytes.readUInt16LE(at) * 0x10000 + bytes.readUInt16LE(at + 2))
        : hexOf(bytes.readUInt16BE(at) * 0x10000 + bytes.readUInt16BE(at + 2)),
  },
  FD: { width: 8, read: (bytes, at, isLittle) => finite(isLittle ? bytes.readDoubleLE(at) : bytes.readDoubleBE(at)) },
  FL: { width: 4, read: (bytes, at, isLittle) => finite(isLittle ? bytes.readFloatLE(at) : bytes.readFloatBE(at)) },
  SL: { width: 4, read: (bytes, at, isLittle) => (isLittle ? bytes.readInt32LE(at) : bytes.readInt32BE(at)) },
  SS: { width: 2, read: (bytes, at, isLittle) => (isLittle ? bytes.readInt16LE(at) : bytes.readInt16BE(at)) },
  SV: { width: 8, read: (bytes, at, isLittle) => long(isLittle ? bytes.readBigInt64LE(at) : bytes.readBigInt64BE(at)) },
  UL: { width: 4, read: (bytes, at, isLittle) => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)) },
  US: { width: 2, read: (bytes, at, isLittle) => (isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)) },
  UV: {
    width: 8,
    read: (bytes, at, isLittle) => long(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at)),
  },
};

/** The values of a VR of binary numbers, and of AT; bytes that are no whole number more are left. @returns undefined of other VRs */
export function jsonNumbers(vr: string, bytes: Buffer, littleEndian: boolean): (number | string)[] | undefined {
  const kind = BINARY_NUMBERS[vr];
  if (kind === undefined) return undefined;
  const { width, read } = kind;
  return Array.from({ length: Math.floor(bytes.length / width) }, (_, index) =>
    read(bytes, index * width, littleEndian),
  );
}
