import { Counter, Gauge, type Registry } from 'prom-client';
import { onceTold } from './once-told';

/** Of the archive of instances. */
export interface ArchiveInstruments {
  readonly instances: Counter<'door' | 'outcome'>;
  readonly receivedBytes: Counter<'door'>;
  readonly bytes: Gauge;
  readonly freeBytes: Gauge;
}

export function archiveInstruments(registers: Registry[]): ArchiveInstruments {
  return {
    instances: new Counter({
      name: 'medserve_dicom_instances_total',
      help: 'Instances that came, by door (dimse, stow, own) and outcome: stored, again (the same bytes were there), or why refused',
      labelNames: ['door', 'outcome'],
      registers,
    }),
    receivedBytes: new Counter({
      name: 'medserve_dicom_received_bytes_total',
      help: 'Bytes of instances that were stored or found stored',
      labelNames: ['door'],
      registers,
    }),
    bytes: new Gauge({
      name: 'medserve_archive_bytes',
      help: 'Bytes of all instances that the archive has',
      registers,
      aggregator: 'max',
    }),
    freeBytes: onceTold(
      new Gauge({
        name: 'medserve_archive_free_bytes',
        help: 'Bytes that are free where the archive is; below 1 GiB or 5 % of the disk nothing is taken any more',
        registers,
        aggregator: 'min',
      }),
    ),
  };
}
