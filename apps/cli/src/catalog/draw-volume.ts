const SIDE = 16;
const HEADER_BYTES = 348;
const VOXELS_AT = 352;
const INT16 = 4;
const SCANNER = 1;

/** Byte offsets of the header's members (nifti1.h). */
const AT = {
  dim: 40,
  datatype: 70,
  bitpix: 72,
  pixdim: 76,
  voxOffset: 108,
  sclSlope: 112,
  sformCode: 254,
  srow: 280,
  magic: 344,
};

/** A CT volume without meaning, 1 mm a voxel, as a NIfTI-1 file: a ball of soft tissue in air. */
export function drawVolume(): Uint8Array {
  const file = Buffer.alloc(VOXELS_AT + SIDE ** 3 * Int16Array.BYTES_PER_ELEMENT);
  file.writeInt32LE(HEADER_BYTES, 0);
  [3, SIDE, SIDE, SIDE, 1, 1, 1, 1].forEach((size, at) => file.writeInt16LE(size, AT.dim + 2 * at));
  file.writeInt16LE(INT16, AT.datatype);
  file.writeInt16LE(16, AT.bitpix);
  [1, 1, 1, 1].forEach((size, at) => file.writeFloatLE(size, AT.pixdim + 4 * at));
  file.writeFloatLE(VOXELS_AT, AT.voxOffset);
  file.writeFloatLE(1, AT.sclSlope);
  file.writeInt16LE(SCANNER, AT.sformCode);
  for (let axis = 0; axis < 3; axis += 1) file.writeFloatLE(1, AT.srow + 16 * axis + 4 * axis);
  file.write('n+1\0', AT.magic, 'latin1');
  for (let at = 0; at < SIDE ** 3; at += 1) {
    const place = [at % SIDE, Math.floor(at / SIDE) % SIDE, Math.floor(at / SIDE ** 2)];
    const distance = Math.hypot(...place.map((step) => step - SIDE / 2));
    file.writeInt16LE(distance < SIDE / 3 ? 40 : -1_000, VOXELS_AT + Int16Array.BYTES_PER_ELEMENT * at);
  }
  return file;
}
