import { InferRequest, type InferResponse } from '@medserve/contracts';
import { catalogueEntry } from '@medserve/testkit';
import type { Ended } from '../infer/prepared';
import { classifies, ImageWorld, PRINCIPAL } from '../testing/image-world';
import { medServeService, type MedServeServiceParts } from './medserve-service';

const FILE = { mediaType: 'application/dicom', data: Uint8Array.of(1) };
const CALL = {
  request: { ...InferRequest.decode(new Uint8Array()), files: [FILE] },
  metadata: { get: () => [] },
  getDeadline: () => Infinity,
  getPeer: () => 'peer',
  on: () => undefined,
};

it('keeps a native call in its slot until it is answered, also where it waits for the first request of its key', async () => {
  const world = new ImageWorld();
  world.offer(catalogueEntry('net', { serves: classifies(true), state: 'ready' }));
  const { preparation, catalogue, instruments, references, wake } = world;
  let end: (ended: Ended) => void = () => undefined;
  const ended = new Promise<Ended>((resolve) => (end = resolve));
  let accepted: () => void = () => undefined;
  const isAccepted = new Promise<void>((resolve) => (accepted = resolve));
  const leave = jest.fn();
  const parts: Partial<MedServeServiceParts> = {
    ...{ preparation, catalogue, instruments, references, wake },
    principalOf: () => PRINCIPAL,
    // As the road does for a repeated key: nothing of the request runs, so nothing else holds its slot.
    enter: () =>
      Promise.resolve({ accept: () => Promise.resolve(() => undefined), hold: () => () => undefined, leave }),
    road: {
      accept: () => {
        accepted();
        return Promise.resolve({ id: 'first', ended });
      },
    } as unknown as MedServeServiceParts['road'],
  };
  const { infer } = medServeService(parts as MedServeServiceParts);
  const answered = new Promise<InferResponse>((resolve) => {
    infer(CALL as never, (_error, response) => {
      if (response) resolve(response);
    });
  });
  await isAccepted;
  await new Promise((resolve) => setImmediate(resolve));
  expect(leave).not.toHaveBeenCalled();
  end({ bytes: Buffer.from('{}'), contentType: 'application/json' });
  expect((await answered).id).toBe('first');
  expect(leave).toHaveBeenCalledTimes(1);
});
