import { ServingError } from '@medserve/errors';
import { isId, newEventId } from '@medserve/events';
import type { Instruments } from '@medserve/runtime';
import type { Principal, Scope } from '@medserve/security';
import type { BreakGlassStore, Grant, GrantPage } from '@medserve/storage';
import type { Activities } from '../activities/activities';
import { routeWord } from '../activities/denied-request';
import type { References } from '../privacy/subject-hashes';

/** Header by which a reader says that it reads under a grant. */
export const BREAK_GLASS = 'x-medserve-break-glass';

/** Why somebody may have to. */
export const BREAK_GLASS_REASONS = [
  'emergency_treatment',
  'system_failure',
  'patient_safety_inquiry',
  'security_incident',
  'legal_obligation',
] as const;

export type BreakGlassReason = (typeof BREAK_GLASS_REASONS)[number];

/** What a grant lets its holder do beside what they may in any case. */
const GRANTED: readonly Scope[] = ['result:read', 'audit:read'];

export const LONGEST_MINUTES = 60;

/** Which route was asked, and which object it names. */
export interface Use {
  /** As the route is declared: `/v1/results/:id`. */
  readonly route: string;
  readonly access: string | undefined;
  readonly id: string | undefined;
  /** Study Instance UID; absent: the route names no study. */
  readonly study?: string | undefined;
}

export interface BreakGlassParts {
  readonly store: Pick<BreakGlassStore, 'request' | 'approve' | 'end' | 'find' | 'live'>;
  readonly activities: Pick<Activities, 'tell' | 'eventOf'>;
  /** Keyed hash of whom a request was about, as its record says; undefined: nobody said. */
  readonly patientOf: (tenant: string, request: string) => Promise<string | undefined>;
  /** Keyed hashes of all whom a study shows; none: nobody said, or there is no such study. */
  readonly patientsOfStudy: (tenant: string, study: string) => Promise<readonly string[]>;
  readonly references: Pick<References, 'patient'>;
  readonly instruments: Pick<Instruments, 'breakGlass'>;
}

export interface Wanted {
  readonly reason: BreakGlassReason;
  /** The only patient that it is about, as a DICOM header names one. */
  readonly patient?: { readonly id: string; readonly issuer?: string | undefined } | undefined;
}

const refused = (detail: string): ServingError => new ServingError('break_glass_refused', detail);

/**
 * Access in an emergency, for who has none: asked for by one, approved by another, in their own tenant, to read and nothing
 * else, for an hour at most. Every step and every read is on record before it happens.
 */
export class BreakGlass {
  constructor(private readonly parts: BreakGlassParts) {}

  /** @returns the id of the grant, which somebody else has to approve. @throws ServingError `quota_exceeded` */
  async request(by: Principal, { reason, patient: named }: Wanted): Promise<string> {
    const { store, activities, references, instruments } = this.parts;
    const id = newEventId();
    const patient = named && references.patient(by.tenant, named);
    const event = activities.eventOf(by, {
      event: 'break_glass_requested',
      subject: `break-glass:${id}`,
      outcome: 'success',
      facts: { why: reason, ...(patient === undefined ? {} : { patient }) },
    });
    await store.request({ id, tenant: by.tenant, requester: by.id, reason, patient: patient ?? null }, event);
    instruments.breakGlass.inc({ step: 'requested' });
    return id;
  }

  /** @throws ServingError `not_found`; `break_glass_refused` by who asked for it, or where it does not wait */
  async approve(by: Principal, id: string, minutes: number): Promise<Grant> {
    const event = this.told(by, id, 'break_glass_approved', { minutes });
    const grant = await this.parts.store.approve(by.tenant, ofOurs(id), by.id, minutes, event);
    this.parts.instruments.breakGlass.inc({ step: 'approved' });
    return grant;
  }

  /** Ends anybody's. @throws ServingError `not_found`, `break_glass_refused` where it is over */
  end(by: Principal, id: string): Promise<void> {
    return this.over(by, id, false);
  }

  /** Ends one that they asked for themselves. @throws ServingError as `end` */
  withdraw(by: Principal, id: string): Promise<void> {
    return this.over(by, id, true);
  }

  /** @throws ServingError `not_found` where it is not of whoever asks */
  async own(by: Principal, id: string): Promise<Grant> {
    const grant = await this.parts.store.find(by.tenant, ofOurs(id));
    if (grant?.requester !== by.id) throw notThere();
    return grant;
  }

  /**
   * Those of the tenant that wait or are open, newest first, in pages.
   *
   * @param before `next` of the page before
   * @throws ServingError `invalid_request` where that is none
   */
  async live(by: Principal, before: unknown): Promise<GrantPage> {
    if (before !== undefined && !(typeof before === 'string' && isId(before)))
      throw new ServingError('invalid_request', 'There is no such page.', { field: 'before' });
    return this.parts.store.live(by.tenant, before);
  }

  /**
   * Whoever reads under a grant, with what it lets them do, once it is on record that they do.
   *
   * @throws ServingError `break_glass_refused` where there is no open grant of theirs, or it is about another patient
   */
  async widen(by: Principal, grantId: unknown, { route, access, id, study }: Use): Promise<Principal> {
    if (grantId === undefined || !(GRANTED as readonly (string | undefined)[]).includes(access)) return by;
    const grant =
      typeof grantId === 'string' && isId(grantId) ? await this.parts.store.find(by.tenant, grantId) : undefined;
    // Another's grant is as unknown as none.
    if (grant?.requester !== by.id) throw refused('There is no break-glass grant of yours with this id.');
    if (grant.state !== 'open') throw refused(`The break-glass grant is not open: it is ${grant.state}.`);
    await this.refuseOthers(by.tenant, grant, { id, study });
    const reader: Principal = { ...by, purpose: 'BTG', scopes: new Set([...by.scopes, ...GRANTED]) };
    await this.parts.activities.tell(reader, {
      event: 'break_glass_used',
      subject: `break-glass:${grant.id}`,
      outcome: 'success',
      facts: { route: routeWord(route.replace(/^\//, '')), ...(id !== undefined && isId(id) ? { result: id } : {}) },
    });
    this.parts.instruments.breakGlass.inc({ step: 'used' });
    return reader;
  }

  private async over(by: Principal, id: string, isTheirs: boolean): Promise<void> {
    const event = this.told(by, id, 'break_glass_ended');
    await this.parts.store.end(by.tenant, ofOurs(id), by.id, isTheirs, event);
    this.parts.instruments.breakGlass.inc({ step: 'ended' });
  }

  private async refuseOthers(tenant: string, { patient }: Grant, asked: Pick<Use, 'id' | 'study'>): Promise<void> {
    if (patient === null) return;
    const shown = await this.shownBy(tenant, asked);
    // A study that shows somebody else as well is not about that patient alone.
    if (shown.length !== 1 || shown[0] !== patient) {
      throw refused(
        'The break-glass grant is about one patient, and what was asked for is not about that patient alone.',
      );
    }
  }

  private async shownBy(tenant: string, { id, study }: Pick<Use, 'id' | 'study'>): Promise<readonly string[]> {
    if (study !== undefined) return this.parts.patientsOfStudy(tenant, study);
    const patient = id !== undefined && isId(id) ? await this.parts.patientOf(tenant, id) : undefined;
    return patient === undefined ? [] : [patient];
  }

  private told(
    by: Principal,
    id: string,
    event: 'break_glass_approved' | 'break_glass_ended',
    facts: Readonly<Record<string, number>> = {},
  ) {
    return this.parts.activities.eventOf(by, {
      event,
      subject: `break-glass:${ofOurs(id)}`,
      outcome: 'success',
      facts,
    });
  }
}

const notThere = (): ServingError => new ServingError('not_found', 'There is no break-glass grant with this id.');

/** @throws ServingError `not_found` for a text that is no id */
function ofOurs(id: string): string {
  if (isId(id)) return id;
  throw notThere();
}
