import type { Section } from '../../kit/board';
import { figure, graph } from '../../kit/kinds';
import { THIRD } from './shared';

/** The DICOM node: what comes in, and where it lies. */
export const dicomNode: Section = {
  title: 'DICOM node',
  panels: [
    graph({
      ...THIRD,
      title: 'Instances that come',
      about:
        'By door (dimse, stow, own results) and outcome, per second. Anything but stored and again (the same bytes were there) was refused: the sender was told why.',
      unit: 'none',
      alert: 'MedserveInstancesRefused',
      queries: [
        {
          expr: 'sum by (door, outcome) (rate(medserve_dicom_instances_total[$__rate_interval]))',
          legend: '{{door}} {{outcome}}',
        },
      ],
    }),
    graph({
      ...THIRD,
      title: 'Bytes that come',
      about: 'Of instances that were stored, or found stored, by door.',
      unit: 'Bps',
      stacked: true,
      queries: [
        { expr: 'sum by (door) (rate(medserve_dicom_received_bytes_total[$__rate_interval]))', legend: '{{door}}' },
      ],
    }),
    graph({
      ...THIRD,
      title: 'Associations',
      about: 'Those that stand, and what became of them, per minute. Rejected: a title, or a limit.',
      unit: 'none',
      alert: 'MedserveAssociationsRejected',
      queries: [
        { expr: 'sum(medserve_dimse_associations_open)', legend: 'standing' },
        {
          expr: '60 * sum by (state) (rate(medserve_dimse_associations_total[$__rate_interval]))',
          legend: '{{state}} per minute',
        },
      ],
    }),
    graph({
      ...THIRD,
      title: 'Operations',
      about: 'C-ECHO, C-STORE, C-FIND and C-MOVE that were answered, per second, by outcome.',
      unit: 'none',
      queries: [
        {
          expr: 'sum by (operation, outcome) (rate(medserve_dimse_operations_total[$__rate_interval]))',
          legend: '{{operation}} {{outcome}}',
        },
      ],
    }),
    figure({
      ...THIRD,
      title: 'Free for the archive',
      about: 'Below 1 GiB, or 5 % of the disk, every instance is refused with A700 until there is room.',
      unit: 'bytes',
      limits: { warn: 42_949_672_960, bad: 21_474_836_480, low: true },
      alert: 'MedserveArchiveNearlyFull',
      queries: [{ expr: 'min(medserve_archive_free_bytes)' }],
    }),
    graph({
      ...THIRD,
      title: 'Archive',
      about: 'Bytes of all instances that it has, those of results too.',
      unit: 'bytes',
      alert: 'MedserveArchiveNearlyFull',
      queries: [{ expr: 'max(medserve_archive_bytes)', legend: 'archive' }],
    }),
  ],
};
