import type { Routing } from '@medserve/contracts';
import { catalogueEntry } from '@medserve/testkit';
import { Directory } from './directory';

const routing = (more: Partial<Routing>): Routing => ({
  model: '',
  version: '',
  task: '',
  modality: '',
  requestClass: 0,
  deadlineMs: 0,
  tenant: '',
  wantsProgress: false,
  affinityKey: '',
  wantsDecision: false,
  wantsDeltas: false,
  costUnits: 0,
  traceparent: '',
  ...more,
});
const serves = [{ task: 'classify', modality: 'radiology', default: true }];

describe('the directory', () => {
  it('gives the newest served version, and the one named', () => {
    const directory = new Directory();
    directory.update([
      catalogueEntry('m', { version: '2' }),
      catalogueEntry('m', { version: '10' }),
      catalogueEntry('m', { version: '11', state: 'unloaded' }),
    ]);
    expect(directory.resolve(routing({ model: 'm' }), true).version).toBe('10');
    expect(directory.resolve(routing({ model: 'm', version: '2' }), true).version).toBe('2');
  });

  it('follows the catalogue: what it knew is looked up anew', () => {
    const directory = new Directory();
    const wanted = routing({ task: 'classify', modality: 'radiology' });
    directory.update([catalogueEntry('old', { serves })]);
    expect(directory.resolve(wanted, true).name).toBe('old');
    directory.update([catalogueEntry('new', { serves })]);
    expect(directory.resolve(wanted, true).name).toBe('new');
  });

  it('does not say that something does not exist while a pod is away', () => {
    const directory = new Directory();
    const wanted = routing({ model: 'm' });
    const reasonWhen = (complete: boolean) => {
      try {
        return directory.resolve(wanted, complete);
      } catch (error) {
        return error;
      }
    };
    expect(reasonWhen(true)).toMatchObject({ reason: 'model_not_found', field: 'model' });
    expect(reasonWhen(false)).toMatchObject({ reason: 'unavailable' });
  });
});
