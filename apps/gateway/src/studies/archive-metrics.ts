import type { ArchiveObserver } from '@medserve/archive';
import type { Instruments } from '@medserve/runtime';

/** What the archive tells of itself, as metrics. */
export const archiveMetrics = ({ archive }: Pick<Instruments, 'archive'>): ArchiveObserver => ({
  instance: (door, outcome) => {
    archive.instances.inc({ door, outcome });
  },
  received: (door, bytes) => {
    archive.receivedBytes.inc({ door }, bytes);
  },
  state: ({ bytes, freeBytes }) => {
    archive.bytes.set(bytes);
    if (freeBytes !== undefined) archive.freeBytes.set(freeBytes);
  },
});
