import type { Instruments } from '@medserve/runtime';
import type { HostEvent } from './settings';
import { countWriting, forgetWriting } from './writing-metrics';

/** Counts what becomes of model hosts. */
export function countHostEvent(event: HostEvent, instruments: Instruments): void {
  const { model } = event;
  switch (event.kind) {
    case 'started':
      instruments.hostStarts.inc({ model, outcome: 'started' });
      instruments.hostsRunning.inc({ model });
      instruments.modelLoadSeconds.observe({ model }, event.loadMs / 1_000);
      return;
    case 'failed':
      instruments.hostStarts.inc({ model, outcome: 'failed' });
      return;
    case 'died':
      instruments.hostDeaths.inc({ model });
      instruments.hostsRunning.dec({ model });
      forgetWriting(model, instruments);
      return;
    case 'unloaded':
      instruments.hostsRunning.dec({ model });
      forgetWriting(model, instruments);
      return;
    case 'evicted':
      instruments.evictionAgeSeconds.observe(event.idleMs / 1_000);
      instruments.hostsRunning.dec({ model });
      forgetWriting(model, instruments);
      return;
    case 'replaced':
      instruments.hostReplacements.inc({ model });
      instruments.hostsRunning.dec({ model });
      return;
    case 'wrote':
      countWriting(event, instruments);
      return;
    case 'traced':
      instruments.tracer.take(event.spans);
      if (event.dropped > 0) instruments.traces.spansDropped.inc({ why: 'queue_full' }, event.dropped);
      return;
    case 'measured':
      instruments.modelResidentBytes.set({ model }, event.residentBytes);
  }
}
