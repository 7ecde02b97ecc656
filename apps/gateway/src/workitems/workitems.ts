import { randomUUID } from 'node:crypto';
import { ServingError } from '@medserve/errors';
import type { ActivityEvent } from '@medserve/events';
import type { Principal } from '@medserve/security';
import type { FacedWorkitem, WorkitemInstance, WorkitemKey, Workitems as StoredWorkitems } from '@medserve/storage';
import {
  changeState,
  itemsOf,
  missingForCompletion,
  refusesUpdate,
  requestCancel,
  UPS_EVENT,
  UPS_STATUS,
  UPS_TAG,
  withCancellation,
  type UpsStatus,
  type WantedState,
  type WorkitemDataSet,
} from '@medserve/studies';
import type { Activities } from '../activities/activities';
import { oneOf, searchDeed } from '../activities/search-deed';
import type { References } from '../privacy/subject-hashes';
import type { Studies } from '../studies/studies';
import { dateTimeOf } from './date-time';
import { indexOf, scheduled, updated, wantedUid } from './scheduled-workitem';
import { keysOf, type WorkitemSearch } from './search-query';
import { tellWorkitem, uidOf } from './tell-workitem';
import { refuseOthers } from './unchangeable';
import { uidOfUuid, uuidOfUid } from './work-uid';

export interface WorkitemsParts {
  readonly store: StoredWorkitems['store'];
  /** What people order of studies. */
  readonly studies: Pick<Studies, 'cancel'>;
  readonly activities: Pick<Activities, 'tell' | 'eventOf'>;
  readonly references: Pick<References, 'study' | 'patient'>;
  /** Whether a label is the name of a route. */
  readonly isRoute: (tenant: string, label: string) => boolean;
  /** Called when an order for a route may have been made. */
  readonly wake: () => void;
  readonly now: () => Date;
}

/** What became of an operation: done, done with a warning, or refused (PS3.4 CC.2). */
export type Outcome =
  | { readonly kind: 'done'; readonly status?: UpsStatus }
  | { readonly kind: 'refused'; readonly status: UpsStatus; readonly detail?: string };

type Change = 'created' | 'updated' | 'claimed' | 'completed' | 'canceled' | 'cancel_requested';

const DONE: Outcome = { kind: 'done' };
/** A workitem that changes under the eyes of who writes it is looked at again. */
const TRIES = 8;

/**
 * The manager of the worklist (PS3.4 annex CC) as its tenant sees it: workitems that were created, and the work of routes on studies,
 * which the platform itself performs. What changes is on record with the change. Methods throw ServingError `not_found`,
 * `workitem_removed`, `unavailable` where they say nothing else.
 */
export class Workitems {
  constructor(private readonly parts: WorkitemsParts) {}

  /**
   * @param uid that the request gives it; absent: that of the data set, and where that has none either, one is made
   * @throws ServingError `invalid_request`, `workitem_exists`; `overloaded` where too many stand
   */
  async create(
    by: Principal,
    uid: string | undefined,
    sent: WorkitemDataSet,
  ): Promise<{ readonly uid: string; readonly isModified: boolean }> {
    const { store, wake } = this.parts;
    const wanted = wantedUid(uid, sent);
    const { dataSet, isModified } = scheduled(sent);
    const key = { tenant: by.tenant, uid: wanted ?? uidOfUuid(randomUUID()) };
    const item = { ...key, ...this.indexOf(by, dataSet), dataSet };
    await this.insistOnNew(key);
    if (!(await store.create(item, this.told(by, key, 'created')))) {
      await this.insistOnNew(key);
      throw new ServingError('overloaded', 'There are too many workitems that have not ended.');
    }
    wake();
    return { uid: key.uid, isModified };
  }

  /** With the instances that it reads, where the platform performs it. Reading is on record before it is answered. */
  async find(
    by: Principal,
    uid: string,
  ): Promise<{ readonly item: FacedWorkitem; readonly inputs: WorkitemInstance[] }> {
    const { store, activities, references } = this.parts;
    const item = await this.existing(by, uid);
    const hash = references.study(by.tenant, item.studyUid ?? uid);
    await activities.tell(by, {
      event: 'study_read',
      subject: `${item.studyUid === null ? 'workitem' : 'study'}:${hash}`,
      outcome: 'success',
      facts: { door: 'ups', taken: 'workitem' },
    });
    const inputs = item.uuid === null ? [] : await store.inputs(by.tenant, item);
    return { item, inputs };
  }

  /** On record before it is answered. @returns one more than the limit where there are more */
  async search(by: Principal, { match, limit, offset }: WorkitemSearch): Promise<FacedWorkitem[]> {
    const { store, activities, references } = this.parts;
    const { tenant } = by;
    const found = await store.search({ tenant, match, limit: limit + 1, offset });
    const patient = oneOf(match.patientIds);
    const searched = {
      tenant,
      door: 'ups' as const,
      level: 'workitem',
      keys: keysOf(match),
      study: oneOf(match.studyUids),
      patient: patient === undefined ? undefined : { id: patient },
      matches: Math.min(found.length, limit),
    };
    await activities.tell(by, searchDeed(references, searched));
    return found;
  }

  /** @throws ServingError `invalid_request` */
  update(by: Principal, uid: string, transactionUid: string | undefined, changes: WorkitemDataSet): Promise<Outcome> {
    return this.attempt(by, uid, async (item, key) => {
      const status = refusesUpdate(standingOf(item), transactionUid) ?? (isOurWork(item) ? OURS : undefined);
      if (status !== undefined) return { kind: 'refused', status };
      refuseOthers(tellWorkitem(item, ''), changes);
      const dataSet = updated(item.dataSet ?? {}, changes);
      const index = this.indexOf(by, dataSet);
      const isDone = await this.parts.store.update(
        key,
        item.revision,
        { ...index, dataSet },
        this.told(by, key, 'updated'),
      );
      if (!isDone) return undefined;
      this.parts.wake();
      return DONE;
    });
  }

  changeState(by: Principal, uid: string, wanted: WantedState): Promise<Outcome> {
    return this.attempt(by, uid, async (item, key) => {
      const verdict = changeState(standingOf(item), wanted);
      switch (verdict.do) {
        case 'refuse':
          return { kind: 'refused', status: verdict.status };
        case 'nothing':
          return { kind: 'done', status: verdict.status };
        case 'claim': {
          if (item.isOurs) return { kind: 'refused', status: OURS, detail: 'The platform performs it.' };
          const event = this.told(by, key, 'claimed');
          return (await this.parts.store.claim(key, wanted.transactionUid ?? '', event)) ? DONE : undefined;
        }
        case 'end':
          return this.end(by, key, item, wanted);
      }
    });
  }

  /**
   * Cancels what nobody has claimed, and asks whoever has: the platform stops its own work where it still can, another performer finds
   * the reason in the workitem.
   */
  requestCancel(by: Principal, uid: string, request: WorkitemDataSet): Promise<Outcome> {
    return this.attempt(by, uid, async (item, key) => {
      const verdict = requestCancel(standingOf(item));
      if (typeof verdict === 'number') return { kind: 'refused', status: verdict };
      if (item.isOurs) return this.stopOurs(by, item);
      const dataSet = withRequest(item.dataSet ?? {}, request);
      const { store } = this.parts;
      if (verdict === 'cancel') {
        const canceled = withCancellation(dataSet, dateTimeOf(this.parts.now()));
        return (await store.cancel(key, item.revision, canceled, this.told(by, key, 'canceled'))) ? DONE : undefined;
      }
      const asked = { ...this.indexOf(by, dataSet), dataSet };
      const event = this.told(by, key, 'cancel_requested');
      const report = { event: UPS_EVENT.cancelRequested, says: { ...REQUESTER, ...said(request) } };
      return (await store.update(key, item.revision, asked, event, report)) ? DONE : undefined;
    });
  }

  private async end(
    by: Principal,
    key: WorkitemKey,
    { dataSet, revision }: FacedWorkitem,
    { to, transactionUid = '' }: WantedState,
  ): Promise<Outcome | undefined> {
    const { store, now } = this.parts;
    const known = dataSet ?? {};
    const performer = { transactionUid, revision };
    if (to === 'CANCELED') {
      const canceled = withCancellation(known, dateTimeOf(now()));
      return (await store.end(key, performer, to, canceled, this.told(by, key, 'canceled'))) ? DONE : undefined;
    }
    const missing = missingForCompletion(known);
    if (missing.length > 0) {
      const detail = `It lacks what it has to have in this state: ${missing.join(', ')}.`;
      return { kind: 'refused', status: UPS_STATUS.finalStateRequirements, detail };
    }
    const event = this.told(by, key, 'completed');
    return (await store.end(key, performer, 'COMPLETED', known, event)) ? DONE : undefined;
  }

  /** What is exported already, or was overtaken, is not called back. */
  private async stopOurs(by: Principal, { studyUid, generation }: FacedWorkitem): Promise<Outcome> {
    const { store, studies } = this.parts;
    if (studyUid === null || generation === null) return DONE;
    if (!(await store.isLatest(by.tenant, studyUid, generation))) return DONE;
    try {
      await studies.cancel(by, studyUid);
    } catch (error) {
      if (!(error instanceof ServingError) || error.reason !== 'study_state') throw error;
    }
    return DONE;
  }

  /** @param once undefined where it changed meanwhile */
  private async attempt(
    by: Principal,
    uid: string,
    once: (item: FacedWorkitem, key: WorkitemKey) => Promise<Outcome | undefined>,
  ): Promise<Outcome> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const item = await this.existing(by, uid);
      const outcome = await once(item, { tenant: by.tenant, uid: uidOf(item) });
      if (outcome !== undefined) return outcome;
    }
    throw new ServingError('workitem_state', 'The workitem changes too quickly.');
  }

  /** @throws ServingError `not_found`, `workitem_removed` */
  async existing({ tenant }: Pick<Principal, 'tenant'>, uid: string): Promise<FacedWorkitem> {
    const item = await this.standing({ tenant, uid });
    if (item === undefined) throw new ServingError('not_found', 'There is no workitem of this UID.');
    if (item === 'removed') throw new ServingError('workitem_removed', 'The workitem was here, and was removed.');
    return item;
  }

  private async insistOnNew(key: WorkitemKey): Promise<void> {
    if ((await this.standing(key)) === undefined) return;
    throw new ServingError('workitem_exists', 'There is, or was, a workitem of this UID.');
  }

  private async standing(key: WorkitemKey): Promise<FacedWorkitem | 'removed' | undefined> {
    const kept = await this.parts.store.find(key);
    if (kept !== undefined) return kept;
    const uuid = uuidOfUid(key.uid);
    return uuid === undefined ? undefined : this.parts.store.findWork(key.tenant, uuid);
  }

  private indexOf({ tenant }: Principal, dataSet: WorkitemDataSet) {
    return indexOf(dataSet, (label) => this.parts.isRoute(tenant, label));
  }

  private told(by: Principal, { tenant, uid }: WorkitemKey, change: Change): ActivityEvent {
    const { activities, references } = this.parts;
    return activities.eventOf(by, {
      event: 'workitem_changed',
      subject: `workitem:${references.study(tenant, uid)}`,
      outcome: 'success',
      facts: { change },
    });
  }
}

/** What the platform performs is nobody else's to claim or to change. */
const OURS = UPS_STATUS.alreadyInProgress;
const isOurWork = ({ isOurs }: FacedWorkitem): boolean => isOurs;

const standingOf = ({ state, transactionUid }: FacedWorkitem) => ({
  state,
  ...(transactionUid === null ? {} : { transactionUid }),
});

/** What a request to cancel may say (PS3.4 table CC.2.2-1), where its performer sees it. */
const OF_REQUEST = [UPS_TAG.cancelReason, UPS_TAG.discontinuationReasons, UPS_TAG.contactName, UPS_TAG.contactUri];

const said = (request: WorkitemDataSet): WorkitemDataSet =>
  Object.fromEntries(OF_REQUEST.flatMap((tag) => (request[tag] === undefined ? [] : [[tag, request[tag]]])));

/** Requests over UPS-RS name no application entity: it is the platform that hands them on. */
const REQUESTER: WorkitemDataSet = { [UPS_TAG.requestingAe]: { vr: 'AE', Value: ['MEDSERVE'] } };

function withRequest(dataSet: WorkitemDataSet, request: WorkitemDataSet): WorkitemDataSet {
  const [progress = {}] = itemsOf(dataSet, UPS_TAG.progressInformation);
  return { ...dataSet, [UPS_TAG.progressInformation]: { vr: 'SQ', Value: [{ ...progress, ...said(request) }] } };
}
