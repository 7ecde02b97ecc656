import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNpy } from './read-npy';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'medserve-npy-'));
});
afterAll(() => rm(folder, { recursive: true }));

function npy(header: string, data: Uint8Array): Buffer {
  const text = Buffer.from(`${header}\n`);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(text.length);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, text, data]);
}

async function read(bytes: Uint8Array) {
  const path = join(folder, 'x.npy');
  await writeFile(path, bytes);
  return readNpy(path, 'x');
}

const FLOATS = new Uint8Array(Float32Array.of(1, -2, 3, 4, 5, 6).buffer);

describe('a tensor from NumPy', () => {
  it('has the type and shape that the file says', async () => {
    const tensor = await read(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", FLOATS));
    expect(tensor).toEqual({ name: 'x', datatype: 'FP32', shape: [2, 3], data: Float32Array.of(1, -2, 3, 4, 5, 6) });
    const scalar = await read(npy("{'descr': '|u1', 'fortran_order': False, 'shape': (), }", Uint8Array.of(7)));
    expect(scalar).toMatchObject({ datatype: 'UINT8', shape: [], data: Uint8Array.of(7) });
  });

  it.each([
    ['no .npy file', FLOATS],
    ['in Fortran order', npy("{'descr': '<f4', 'fortran_order': True, 'shape': (6,), }", FLOATS)],
    ['big-endian', npy("{'descr': '>f4', 'fortran_order': False, 'shape': (6,), }", FLOATS)],
    ['shorter than it says', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (7,), }", FLOATS)],
    ['cut off', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (6,), }", FLOATS).subarray(0, 20)],
  ])('is refused when it is %s', async (_, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({ reason: 'invalid_request' });
  });

  it('is refused when there is no such file', async () => {
    await expect(readNpy(join(folder, 'none.npy'), 'x')).rejects.toMatchObject({ reason: 'invalid_request' });
  });
});
