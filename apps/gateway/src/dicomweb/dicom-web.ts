import type { Archive } from '@medserve/archive';
import type { InstancePool } from '@medserve/imaging';
import type { Activities } from '../activities/activities';
import type { BodyBudget, BodyRoom } from '../http/body-budget';
import type { PlatformUrl } from '../http/platform-url';
import type { References } from '../privacy/subject-hashes';
import { STORE_LIMITS } from './limits';

/** What DICOMweb stands on. */
export interface DicomWebParts {
  readonly archive: Pick<Archive, 'put' | 'batchEnded' | 'read' | 'open' | 'query'>;
  /** Reads files for what is more than their bytes. Ended by who made it. */
  readonly pool: Pick<InstancePool, 'explicitVr' | 'frames' | 'rendered' | 'metadata' | 'bulk'>;
  readonly activities: Pick<Activities, 'tell'>;
  readonly references: Pick<References, 'study' | 'patient'>;
  readonly url: PlatformUrl;
  readonly budget: BodyBudget;
  /** Whether there is a route of this name, which a sender may choose. */
  readonly isRoute: (tenant: string, name: string) => boolean;
}

/** The parts of DICOMweb as one thing that controllers ask for: `new DicomWeb({ ... })`. */
export class DicomWeb {
  /** Where the bytes of instances are held until they are stored. */
  readonly storing: BodyRoom;

  constructor(readonly parts: DicomWebParts) {
    this.storing = parts.budget.share(STORE_LIMITS.shareOfBodies);
  }
}
