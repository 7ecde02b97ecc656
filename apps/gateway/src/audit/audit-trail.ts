import { ServingError } from '@medserve/errors';
import { auditEventOf, bundleOf, type Bundle, type LedgerEvent } from '@medserve/events';
import type { Principal } from '@medserve/security';
import type { AuditPage, AuditQuery, LogHead, RequestEntry } from '@medserve/storage';
import type { Activities } from '../activities/activities';
import type { References } from '../privacy/subject-hashes';
import type { AuditedResults } from '../records/audited-results';
import { queryOf, type Search } from './audit-search';

export interface AuditRecord {
  readonly event: string;
  readonly at: string;
  /** Leaf hash (RFC 6962), in hex. */
  readonly hash: string;
  /** Index in the log. */
  readonly sequence: number;
  /** Name of that log; null: it is older than the log of the tenant, and its place is in one that the tenant is not given. */
  readonly log: string | null;
}

/** What the trail reads of the log. */
export interface LogEntries {
  head(tenant: string): Promise<LogHead | undefined>;
  search(tenant: string, query: AuditQuery): Promise<AuditPage>;
  ofRequest(tenant: string, request: string): Promise<readonly RequestEntry[]>;
}

export interface AuditTrailParts {
  readonly log: LogEntries;
  /** Waits, up to ten seconds, until every event of the tenant that was committed before the call is in its log. */
  readonly caughtUp: (tenant: string) => Promise<void>;
  readonly results: Pick<AuditedResults, 'exists'>;
  readonly activities: Pick<Activities, 'tell'>;
  readonly references: References;
}

export interface Found {
  readonly log: string | null;
  readonly entries: readonly { readonly sequence: number; readonly hash: string; readonly event: LedgerEvent }[];
  readonly next: string | null;
}

/** Reads the ledger for somebody, whose reading it holds before they are answered. */
export class AuditTrail {
  constructor(private readonly parts: AuditTrailParts) {}

  /** The course of a request. @throws ServingError `not_found`, `unavailable` */
  async recordsOf(by: Principal, id: string): Promise<readonly AuditRecord[]> {
    const entries = await this.entriesOf(by, id);
    const log = (await this.parts.log.head(by.tenant))?.origin ?? null;
    return entries.map(({ event: { event, at }, hash, sequence, isInOwnLog }) => ({
      ...{ event, at, hash, sequence },
      log: isInOwnLog ? log : null,
    }));
  }

  /** The same as FHIR AuditEvents. @throws ServingError as `recordsOf` */
  async fhirOf(by: Principal, id: string): Promise<Bundle> {
    const entries = await this.entriesOf(by, id);
    const head = await this.parts.log.head(by.tenant);
    const log = head?.origin ?? '';
    return bundleOf(
      entries.map(({ event, sequence, hash }) => auditEventOf(event, { log, sequence, hash })),
      'collection',
    );
  }

  /** @throws ServingError `unavailable` */
  async search(by: Principal, search: Search): Promise<Found> {
    const { log, activities, caughtUp } = this.parts;
    const patient = this.hashOf(by.tenant, search);
    await activities.tell(by, {
      event: 'audit_exported',
      subject: 'audit:search',
      outcome: 'success',
      ...(patient === undefined ? {} : { facts: { patient } }),
    });
    await caughtUp(by.tenant);
    const { entries, before } = await log.search(by.tenant, queryOf(search, patient));
    return {
      log: (await log.head(by.tenant))?.origin ?? null,
      entries: entries.map(({ sequence, hash, event }) => ({ sequence, hash, event })),
      next: before === undefined ? null : String(before),
    };
  }

  private async entriesOf(by: Principal, id: string): Promise<readonly RequestEntry[]> {
    const { log, results, activities, caughtUp } = this.parts;
    if (!(await results.exists(by, id))) throw new ServingError('not_found', 'There is no request with this id.');
    await activities.tell(by, { event: 'audit_exported', subject: `result:${id}`, outcome: 'success' });
    await caughtUp(by.tenant);
    return log.ofRequest(by.tenant, id);
  }

  private hashOf(tenant: string, { patient, patientKey }: Search): string | undefined {
    if (patient !== undefined) return this.parts.references.patient(tenant, patient);
    return patientKey === undefined ? undefined : this.parts.references.patientKey(tenant, patientKey);
  }
}
