import type { Instruments } from '@medserve/runtime';
import type { AdmissionEvent } from './settings';

/** Counts what becomes of models that repositories have. */
export function countAdmission(event: AdmissionEvent, instruments: Instruments): void {
  switch (event.kind) {
    case 'refused':
      instruments.modelsRefused.inc({ reason: event.why });
      return;
    case 'fallback':
      instruments.modelsFromLocalCopy.set(event.versions);
  }
}
