import type { Archive, KeptInstance, OpenedInstance } from '@medserve/archive';
import { ServingError } from '@medserve/errors';
import type { InstanceFiles } from './run-inference';

/** Files read at once: enough to keep a disk at work. */
const AT_ONCE = 8;

/** What `read` makes of each, in their order, some of them at once. Rejects with the first failure, and begins no more after it. */
export async function severalAtOnce<One, Read>(
  all: readonly One[],
  read: (one: One) => Promise<Read>,
): Promise<Read[]> {
  const done = new Array<Read>(all.length);
  const rest = all.entries();
  let hasFailed = false;
  const reader = async (): Promise<void> => {
    for (const [at, one] of rest) {
      // Without one of them the others are of no use: nobody waits for them any more.
      if (hasFailed) return;
      try {
        done[at] = await read(one);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, reader));
  return done;
}

/** Of one run, all of which are in memory together: a volume of 2,000 slices of half a megabyte each. */
const MOST_BYTES = 1024 ** 3;

/** The files of instances, as the archive keeps them. */
export class ArchivedFiles implements InstanceFiles {
  constructor(private readonly archive: Pick<Archive, 'read' | 'open'>) {}

  async read(tenant: string, studyUid: string, sopInstanceUids: readonly string[]): Promise<readonly Buffer[]> {
    const opened = await this.open(tenant, studyUid, sopInstanceUids);
    if (opened.reduce((sum, { bytes }) => sum + bytes, 0) > MOST_BYTES)
      throw new ServingError('too_large', 'The files of a run are more than is held in memory.', {
        limit: `bytes of the files of a run: ${String(MOST_BYTES)}`,
      });
    return severalAtOnce(opened, (one) => one.read());
  }

  /** In the order in which they are named. @throws ServingError `not_found` where one is gone */
  async open(tenant: string, studyUid: string, sopInstanceUids: readonly string[]): Promise<OpenedInstance[]> {
    const found = await this.archive.read(tenant, { studyUid });
    const instances = found.kind === 'found' ? found.instances : [];
    const known = new Map<string, KeptInstance>(instances.map((one) => [one.sopInstanceUid, one]));
    return sopInstanceUids.map((uid) => {
      const instance = known.get(uid);
      if (instance === undefined) throw new ServingError('not_found', 'An instance of the study was removed.');
      return this.archive.open(instance);
    });
  }
}
