import type { BindingQuota } from '@medserve/serving';
import { Admission, type Bound } from './admission';

/** A quota that counts what was taken of it and not given back. */
function counted(kind: BindingQuota['kind']): { readonly bound: Bound; readonly taken: () => number } {
  let taken = 0;
  const quota: BindingQuota = {
    name: kind,
    tenant: 't',
    client: '',
    kind,
    limit: 100,
    windowS: kind === 'concurrency' ? 0 : 60,
    exemptsStat: kind !== 'cost',
  };
  const take = (points: number): Promise<() => void> => {
    taken += points;
    return Promise.resolve(() => {
      taken -= points;
    });
  };
  return { bound: { quota, take }, taken: () => taken };
}

describe('what a request took of the quotas when it was accepted', () => {
  it('comes back where it has no record after all, once; its slot when it leaves', async () => {
    const cost = counted('cost');
    const slots = counted('concurrency');
    const admission = await Admission.enter([slots.bound, cost.bound], () => undefined);
    const giveBack = await admission.accept({ class: 'routine', costUnits: 7 });
    expect([cost.taken(), slots.taken()]).toEqual([7, 1]);
    giveBack();
    giveBack();
    expect([cost.taken(), slots.taken()]).toEqual([0, 1]);
    admission.leave();
    expect([cost.taken(), slots.taken()]).toEqual([0, 0]);
  });
});
