import { ServingError } from '@medserve/errors';
import type { DecodedStudy } from '@medserve/imaging';
import { ByteBudget } from './byte-budget';
import { readImages, type ImageFile } from './read-images';

const { signal } = new AbortController();
const study = (bytes: number) => ({ decoded: { samples: { byteLength: bytes } } }) as unknown as DecodedStudy;
const file = (bytes: Buffer, size = 0): ImageFile => ({
  field: 'messages.0.content.0.image_url.url',
  size: () => Promise.resolve(size),
  read: () => Promise.resolve({ bytes }),
});

/** A decoder of studies so large, and how often it was asked. */
function setUp(limitBytes: number, ...sizes: number[]) {
  const budget = new ByteBudget(limitBytes);
  const share = budget.open();
  const decode = jest.fn(() => Promise.resolve(study(sizes.shift() ?? 0)));
  return { budget, decode, parts: { decoder: { decode }, share, signal } };
}

describe('reading the images of a conversation', () => {
  const unknown = Buffer.from('unknown');

  it('holds what they were decoded to', async () => {
    const { budget, parts } = setUp(100, 40, 50);
    await readImages([file(unknown), file(unknown)], parts);
    const other = budget.open();
    expect([other.hold(11), other.hold(10)]).toEqual([false, true]);
  });

  it('does not decode what will not fit by its header', async () => {
    const png = Buffer.from('89504e470d0a1a0a0000000d494844520000000800000008080000000000000000', 'hex');
    const { decode, parts } = setUp(63, 64);
    await expect(readImages([file(png)], parts)).rejects.toMatchObject({ reason: 'overloaded' });
    expect(decode).not.toHaveBeenCalled();
  });

  it('does not fetch an uploaded file that will not fit, and holds it no longer than until it is decoded', async () => {
    const { decode, parts } = setUp(100, 10, 90);
    const large = file(unknown, 101);
    const read = jest.spyOn(large, 'read');
    await expect(readImages([large], parts)).rejects.toMatchObject({ reason: 'overloaded' });
    expect([read.mock.calls.length, decode.mock.calls.length]).toEqual([0, 0]);
    await expect(readImages([file(unknown, 90), file(unknown)], parts)).resolves.toHaveLength(2);
  });

  it('says which of them is refused, and why as before', async () => {
    const { parts } = setUp(100);
    const damaged = new ServingError('unreadable_image', 'Damaged.', { limit: 'pixels: 1', remedy: 'Send another.' });
    const decode = jest.fn(() => Promise.reject(damaged));
    const gone = new ServingError('not_found', 'Gone.');
    const field = 'messages.3.content.1.file.file_id';
    const { reason, message, limit, remedy } = damaged;
    await expect(readImages([{ ...file(unknown), field }], { ...parts, decoder: { decode } })).rejects.toMatchObject({
      reason,
      message,
      limit,
      remedy,
      field,
    });
    for (const how of ['size', 'read'] as const)
      await expect(
        readImages([file(unknown), { ...file(unknown), field, [how]: () => Promise.reject(gone) }], parts),
      ).rejects.toMatchObject({ reason: 'not_found', field });
  });

  it.each(['size', 'read'] as const)(
    'leaves a refusal its field, where that says more than the image: %s',
    async (how) => {
      const { parts } = setUp(100);
      const exact = new ServingError('invalid_request', 'No such frame.', { field: 'messages.0.content.0.frames' });
      await expect(readImages([{ ...file(unknown), [how]: () => Promise.reject(exact) }], parts)).rejects.toMatchObject(
        {
          field: 'messages.0.content.0.frames',
        },
      );
    },
  );

  it('says of one request that it is too large, however much is held', async () => {
    const { parts } = setUp(2 ** 31, 2 ** 28, 1);
    await expect(readImages([file(unknown), file(unknown)], parts)).rejects.toMatchObject({ reason: 'too_large' });
  });
});
