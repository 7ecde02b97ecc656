import type { DimseObserver } from '@medserve/dimse';
import type { Instruments } from '@medserve/runtime';

/** By the class of its last status (PS3.7 annex C). */
function outcomeOf(status: number): 'success' | 'warning' | 'cancelled' | 'failure' {
  if (status === 0) return 'success';
  if (status === 0xfe00) return 'cancelled';
  return (status & 0xf000) === 0xb000 ? 'warning' : 'failure';
}

export function observed({ associations, open, operations }: Instruments['dimse']): DimseObserver {
  return {
    association: (event) => {
      associations.inc({ state: event });
      if (event === 'accepted') open.inc();
      else if (event !== 'rejected') open.dec();
    },
    operation: (operation, status) => {
      operations.inc({ operation, outcome: outcomeOf(status) });
    },
  };
}
