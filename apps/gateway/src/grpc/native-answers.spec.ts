import { InferRequest } from '@medserve/contracts';
import type { CallContext } from '@medserve/rpc';
import { catalogueEntry } from '@medserve/testkit';
import type { Ended } from '../infer/prepared';
import { classifies, ImageWorld, PRINCIPAL } from '../testing/image-world';
import { prepareMessage, responseOf } from './messages';

const FILES = { files: [{ mediaType: 'application/dicom', data: Uint8Array.of(1) }] };
const TENSORS = { tensors: [{ name: 'x', datatype: 'UINT8', shape: [1], data: Uint8Array.of(1) }], model: 'net' };

const prepared = (message: Partial<InferRequest>, headers: Readonly<Record<string, string>> = {}) => {
  const world = new ImageWorld();
  world.offer(catalogueEntry('net', { serves: classifies(true), state: 'ready' }));
  const metadata = { get: (key: string) => (headers[key] === undefined ? [] : [headers[key]]) };
  const context: Pick<CallContext, 'signal' | 'deadlineAtMs'> = {
    signal: new AbortController().signal,
    deadlineAtMs: Infinity,
  };
  return prepareMessage(world, PRINCIPAL, { ...InferRequest.decode(new Uint8Array()), ...message }, {
    ...context,
    metadata,
  } as unknown as CallContext);
};

const RECORDED: Ended = { bytes: Buffer.from('{"tensors":[{"sha256":"00"}]}'), contentType: 'application/json' };

describe('a native call', () => {
  it.each([
    ['files', FILES],
    ['tensors', TENSORS],
  ])('says whom its %s show', async (_, message) => {
    const { order } = await prepared(message, { 'x-medserve-patient-key': 'p1' });
    expect(order.patientKey?.reveal('cache-key')).toBe('p1');
  });

  it('for tensors is refused where only their hashes are on record', async () => {
    const request = await prepared({ ...TENSORS, idempotencyKey: 'key' });
    expect(() => responseOf('id', request, RECORDED)).toThrow(
      expect.objectContaining({ reason: 'idempotency_key_reused', field: 'Idempotency-Key' }) as Error,
    );
  });

  it('for tensors is never answered without them, though no key was repeated', async () => {
    const request = await prepared(TENSORS);
    expect(() => responseOf('id', request, RECORDED)).toThrow(
      expect.objectContaining({ reason: 'unavailable' }) as Error,
    );
  });

  it('for tensors is answered with them', async () => {
    const tensor = { name: 'y', datatype: 'UINT8', shape: [1], bytes: Uint8Array.of(2) } as const;
    const model = { name: 'net', version: '1', digest: 'sha256:0' };
    const { tensors } = responseOf('id', await prepared(TENSORS), { ...RECORDED, tensors: [tensor], model });
    expect(tensors).toEqual([{ name: 'y', datatype: 'UINT8', shape: [1], data: Uint8Array.of(2) }]);
  });

  it('for an image is answered with what is on record', async () => {
    expect(responseOf('id', await prepared(FILES), RECORDED)).toEqual({
      id: 'id',
      answer: RECORDED.bytes,
      tensors: [],
    });
  });
});
