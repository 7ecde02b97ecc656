import { Counter, Gauge, type Registry } from 'prom-client';

/** Of the DICOM node: who is connected, and what was asked. */
export interface DimseInstruments {
  readonly associations: Counter<'state'>;
  readonly open: Gauge;
  readonly operations: Counter<'operation' | 'outcome'>;
}

export function dimseInstruments(registers: Registry[]): DimseInstruments {
  return {
    associations: new Counter({
      name: 'medserve_dimse_associations_total',
      help: 'Associations, by what became of them: accepted or rejected at first; released or aborted in the end',
      labelNames: ['state'],
      registers,
    }),
    open: new Gauge({
      name: 'medserve_dimse_associations_open',
      help: 'Associations that stand',
      registers,
    }),
    operations: new Counter({
      name: 'medserve_dimse_operations_total',
      help: 'Operations that were answered: echo, store, find, move or other; by outcome: success, warning, failure or cancelled',
      labelNames: ['operation', 'outcome'],
      registers,
    }),
  };
}
