import type { Closable, Instruments } from '@medserve/runtime';
import type { ContentVault, Storage } from '@medserve/storage';
import type { Activities } from '../activities/activities';
import { BreakGlass } from '../break-glass/break-glass';
import type { ResultReader } from '../records/result-reader';
import type { OipModels } from '../oip/ports';
import type { References } from '../privacy/subject-hashes';
import { Reviews } from '../review/reviews';
import { SealedCorrections } from '../review/sealed-corrections';
import { AuditLog } from '../audit/audit-log';
import { AuditTrail } from '../audit/audit-trail';
import { AuditedResults } from '../records/audited-results';
import type { Denials } from '../activities/denials';
import { LogReadings } from '../audit/log-readings';
import { ModelChanges } from '../oip/model-changes';

/** Everything by which what is done, beside asking models, gets on record and is read from it. */
export interface Oversight {
  readonly activities: Activities;
  readonly denials: Denials;
  readonly results: AuditedResults;
  readonly changes: ModelChanges;
  readonly trail: AuditTrail;
  readonly log: AuditLog;
  readonly reviews: Reviews;
  readonly breakGlass: BreakGlass;
}

export interface OversightParts {
  readonly storage: Pick<Storage, 'archive' | 'audit' | 'ledger' | 'reviews' | 'breakGlass'>;
  readonly activities: Activities;
  readonly denials: Denials;
  readonly results: ResultReader;
  readonly models: OipModels;
  readonly references: References;
  readonly vault: ContentVault;
  readonly instruments: Instruments;
}

export function oversightOf(parts: OversightParts): Oversight {
  const { storage, activities, denials, references, instruments } = parts;
  const { audit, ledger } = storage;
  const caughtUp = (tenant: string): Promise<void> => ledger.caughtUp({ tenant });
  const results = new AuditedResults(parts.results, activities, denials);
  const patientOf = async (tenant: string, request: string): Promise<string | undefined> => {
    await caughtUp(tenant);
    const entries = await audit.ofRequest(tenant, request);
    return entries.map(({ event }) => ('patient' in event ? event.patient : undefined)).find((patient) => patient);
  };
  const corrections = new SealedCorrections({ store: storage.reviews, vault: parts.vault, now: () => new Date() });
  return {
    activities,
    denials,
    results,
    changes: new ModelChanges(parts.models, activities),
    trail: new AuditTrail({ log: audit, caughtUp, results, activities, references }),
    log: new AuditLog({ reader: audit, readings: new LogReadings(activities, () => performance.now()) }),
    reviews: new Reviews({ results, store: storage.reviews, corrections, activities, instruments }),
    breakGlass: new BreakGlass({
      store: storage.breakGlass,
      activities,
      patientOf,
      patientsOfStudy: (tenant, study) => storage.archive.patientsOf(tenant, study),
      references,
      instruments,
    }),
  };
}

const MINUTE_MS = 60_000;

/** Tells the denials that were only counted, every minute and at the end. */
export function tellDenials(denials: Pick<Denials, 'flush'>): Closable {
  const timer = setInterval(() => void denials.flush(), MINUTE_MS);
  return {
    close: async () => {
      clearInterval(timer);
      await denials.flush();
    },
  };
}
