import { ServingError } from '@medserve/errors';
import { newEventId } from '@medserve/events';
import { ResultReader } from './result-reader';
import { PRINCIPAL } from '../testing/image-world';
import { ToldActivities } from '../testing/told-activities';
import { AuditedResults } from './audited-results';
import { Denials } from '../activities/denials';

const DONE = newEventId();
const RUNNING = newEventId();
const RESULT = { bytes: Buffer.from('{}'), contentType: 'application/json' };

describe('AuditedResults', () => {
  let world: ToldActivities;
  let results: AuditedResults;
  beforeEach(() => {
    world = new ToldActivities();
    const reader = new ResultReader({
      find: (tenant, id) => {
        if (tenant !== PRINCIPAL.tenant) return Promise.resolve(undefined);
        if (id === DONE) return Promise.resolve({ status: 'completed', result: RESULT });
        return Promise.resolve(id === RUNNING ? { status: 'accepted' } : undefined);
      },
    });
    results = new AuditedResults(reader, world.activities, new Denials(world.activities));
  });

  it('puts on record who reads a result, before they have it', async () => {
    expect(await results.read(PRINCIPAL, DONE)).toBe(RESULT);
    expect(world.brief).toEqual([`result_read result:${DONE} success`]);
  });

  it('shows nothing where the read cannot be put on record', async () => {
    world.isAway = true;
    await expect(results.read(PRINCIPAL, DONE)).rejects.toMatchObject({ reason: 'unavailable' });
  });

  it('puts on record who asks for what is not there or is of another tenant, in the log of who asks', async () => {
    const stranger = { ...PRINCIPAL, tenant: 'other' };
    await expect(results.read(stranger, DONE)).rejects.toMatchObject({ reason: 'not_found' });
    expect(world.told).toMatchObject([
      { event: 'access_denied', tenant: 'other', subject: `result:${DONE}`, reason: 'not_found' },
    ]);
  });

  it('takes a request that still runs for no denial', async () => {
    await expect(results.read(PRINCIPAL, RUNNING)).rejects.toBeInstanceOf(ServingError);
    expect(world.told).toEqual([]);
  });

  it('puts no text of a caller on record that is no id', async () => {
    await expect(results.read(PRINCIPAL, 'Jane Doe')).rejects.toMatchObject({ reason: 'not_found' });
    expect(world.told).toEqual([]);
  });

  it('tells how a request ended without a word of a read', async () => {
    await results.ended(PRINCIPAL, DONE);
    expect(world.told).toEqual([]);
  });
});
