import { decodeRequest, encodeRequest, type OutgoingRequest } from '../client/dispatch';
import { decodeFrame, peekFrame } from './codec';
import { reparent } from './reparent';

const TRACEPARENT = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

const frameOf = (change: Partial<OutgoingRequest> = {}): Buffer =>
  encodeRequest(
    {
      id: '01a2156c-9b9f-7008-90a8-e3672a71c023',
      tenant: 'clinic',
      class: 'routine',
      deadlineMs: 1_000,
      traceparent: TRACEPARENT,
      input: {
        kind: 'tensors',
        tensors: [{ name: 'x', datatype: 'UINT8', shape: [55], data: new Uint8Array(Buffer.from(TRACEPARENT)) }],
      },
      ...change,
    },
    false,
  ).toBuffer();

describe('a request that is forwarded', () => {
  it('names the span of the forwarder, and is otherwise as it came', () => {
    const frame = frameOf();
    const before = decodeRequest(decodeFrame(Buffer.from(frame)));
    reparent(frame, TRACEPARENT, 'c'.repeat(16));
    expect(peekFrame(frame).routing?.traceparent).toBe(`00-${'a'.repeat(32)}-${'c'.repeat(16)}-01`);
    expect(decodeRequest(decodeFrame(frame))).toEqual({
      ...before,
      traceparent: `00-${'a'.repeat(32)}-${'c'.repeat(16)}-01`,
    });
  });

  it('is left alone where nobody traces it', () => {
    const frame = frameOf({ traceparent: undefined });
    const before = Buffer.from(frame);
    reparent(frame.subarray(0, 40), TRACEPARENT, 'c'.repeat(16));
    expect(frame).toEqual(before);
  });
});
