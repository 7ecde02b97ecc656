import { silentLogger } from '@medserve/runtime';
import { acceptance, completion } from '@medserve/testkit';
import { unrecorded } from './unrecorded';

const { id: request, tenant: asking, actor, fingerprint, event: accepted } = acceptance();
const accepting = { id: request, tenant: asking, actor, fingerprint, leaseMs: 1_000, event: accepted };

describe('a gateway whose record is off', () => {
  it('says so loudly when it starts', () => {
    const warnings: string[] = [];
    unrecorded({ ...silentLogger, warn: (message) => warnings.push(message) });
    expect(warnings).toEqual([expect.stringContaining('RECORD IS OFF')]);
  });

  it('keeps nothing: every request is accepted and ended, and none is found', async () => {
    const records = unrecorded(silentLogger);
    expect(await records.accept(accepting)).toEqual({ kind: 'accepted' });
    const { event, id, tenant } = completion(accepting.id);
    const result = { bytes: Buffer.alloc(0), contentType: 'application/json' };
    expect(await records.finish({ id, tenant, status: 'completed', event, result })).toEqual({ kind: 'recorded' });
    expect(await records.find(tenant, id)).toBeUndefined();
  });

  it('refuses an idempotency key, which it could not keep', async () => {
    const keyed = { ...accepting, idempotencyKeyHash: Buffer.alloc(32) };
    await expect(unrecorded(silentLogger).accept(keyed)).rejects.toMatchObject({ reason: 'unsupported' });
  });
});
