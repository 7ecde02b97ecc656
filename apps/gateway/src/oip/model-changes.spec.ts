import { ServingError } from '@medserve/errors';
import { PRINCIPAL } from '../testing/image-world';
import { ToldActivities } from '../testing/told-activities';
import { ModelChanges } from './model-changes';

describe('ModelChanges', () => {
  let world: ToldActivities;
  let done: string[];
  let changes: ModelChanges;
  beforeEach(() => {
    world = new ToldActivities();
    done = [];
    const change = (what: string, name: string): Promise<void> => {
      if (name !== 'net') return Promise.reject(new ServingError('model_not_found', 'There is no such model.'));
      done.push(`${what} after ${String(world.told.length)}`);
      return Promise.resolve();
    };
    changes = new ModelChanges(
      {
        load: ({ name }) => change('load', name),
        unload: (name) => change('unload', name),
        index: () => [{ name: 'net', version: '1', state: 'READY', reason: '' }],
      },
      world.activities,
    );
  });

  it('puts who loads and unloads a model on record before it happens', async () => {
    await changes.load(PRINCIPAL, { name: 'net' });
    await changes.unload(PRINCIPAL, 'net');
    expect(done).toEqual(['load after 1', 'unload after 2']);
    expect(world.brief).toEqual(['model_loaded model:net success', 'model_unloaded model:net success']);
  });

  it('tells of a change that failed as refused, and why', async () => {
    await expect(changes.unload(PRINCIPAL, 'Jane Doe')).rejects.toMatchObject({ reason: 'model_not_found' });
    expect(world.told.map(({ outcome }) => outcome)).toEqual(['success', 'refused']);
    expect(world.told.at(-1)?.reason).toBe('model_not_found');
  });

  it('has the hash of a name on record that is no model of ours', async () => {
    await expect(changes.load(PRINCIPAL, { name: 'Jane.Doe' })).rejects.toThrow();
    expect(world.told[0]?.subject).toMatch(/^model:sha256:[0-9a-f]{64}$/);
  });

  it('changes nothing where it cannot be put on record', async () => {
    world.isAway = true;
    await expect(changes.load(PRINCIPAL, { name: 'net' })).rejects.toMatchObject({ reason: 'unavailable' });
    expect(done).toEqual([]);
  });
});
