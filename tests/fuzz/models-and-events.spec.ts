import { decodeEvent, encodeEvent, newEventId, type LedgerEvent } from '@medserve/events';
import { identityOnnx, meanFilterOnnx, sumAndDifferenceOnnx } from '@medserve/testkit';
import { ZodError } from 'zod';
import { runCampaign } from './support/campaign';
import { mutate, type Draw } from './support/draw';
import type { HttpCase } from './support/http-case';
import { Target } from './support/target';

const SEEDS = [identityOnnx(), meanFilterOnnx(), sumAndDifferenceOnnx()].map((bytes) => Buffer.from(bytes));

/** A load of a model that is sent along: its file is damaged, or its configuration is. */
function loading(draw: Draw, index: number): HttpCase {
  const model = draw.chance(0.8) ? mutate(draw.pick(SEEDS), draw) : draw.bytes(draw.below(300));
  const config = draw.pick([
    '{}',
    '{"backend":"onnxruntime"}',
    '{"max_batch_size":-1}',
    '{"max_batch_size":1e300}',
    '{"input":[{"name":"x","data_type":"TYPE_FP32","dims":[-1,99999999999]}]}',
    '{"instance_group":[{"count":100000}]}',
    '{"backend":"python"}',
    '{',
    'null',
  ]);
  const parameters = {
    config,
    [`file:${draw.pick(['1/model.onnx', '1/model.onnx', '1/../model.onnx', '/1/model.onnx', '1\\model.onnx', '0/model.onnx', '1/model.onnx/x'])}`]:
      model.toString('base64'),
  };
  return {
    method: 'POST',
    path: `/v2/repository/models/fuzz-${String(index % 4)}/load`,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ parameters })),
  };
}

const EVENT: LedgerEvent = {
  id: newEventId(),
  schema: 1,
  request: newEventId(),
  event: 'completed',
  at: '2026-11-25T12:00:00.000Z',
  tenant: 'home',
  actor: 'key-1',
  inputs: ['0'.repeat(64)],
  model: { name: 'm', version: '1', digest: `sha256:${'0'.repeat(64)}` },
};

describe('what comes from elsewhere than callers', () => {
  it('as a model file is loaded or refused, and the platform serves on', async () => {
    const target = await Target.start();
    try {
      await target.attack('onnx', 300, loading);
    } finally {
      await target.stop();
    }
  }, 600_000);

  it('as an event is read, or refused as none', async () => {
    const seed = encodeEvent(EVENT);
    const failures = await runCampaign<Buffer>({
      family: 'events',
      cases: 500,
      make: (draw) => mutate(seed, draw, seed.length),
      run: (bytes) => {
        try {
          // What is read can be written again: nothing came in that may not stand in the ledger.
          encodeEvent(decodeEvent(bytes));
        } catch (error) {
          if (!(error instanceof ZodError || error instanceof SyntaxError)) return Promise.resolve(String(error));
        }
        return Promise.resolve(undefined);
      },
      describe: (bytes) => ({ bytes: bytes.toString('base64') }),
    });
    expect(failures).toEqual([]);
  });
});
