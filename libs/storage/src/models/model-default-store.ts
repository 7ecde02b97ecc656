import { ServingError } from '@medserve/errors';
import type { ActivityEvent } from '@medserve/events';
import { tellIn } from '../outbox/tell-in';
import type { Database, Queryable } from '../database/database';
import type { WakeUp } from '../outbox/wake-up';

/** Which version the bare name of a model stands for. */
export interface StoredDefault {
  readonly model: string;
  /** Null: the newest that is served. */
  readonly version: string | null;
  /** What it was before; null: the newest. */
  readonly previous: string | null;
  /** Counts the changes, from 1. */
  readonly revision: number;
  readonly changedAt: Date;
}

export interface DefaultChange {
  readonly model: string;
  /** Whose log tells of it. */
  readonly tenant: string;
  /** The version that it is to be, null for the newest; absent: the one before. */
  readonly version?: string | null;
  /** What the caller knows; 0: that nobody chose yet; absent: it does not matter. */
  readonly expectedRevision?: number | undefined;
}

/** The entry that tells of a change. @param from, to null: the newest */
export type TellOfDefault = (from: string | null, to: string | null) => ActivityEvent;

/** More models than any platform serves. */
const MOST_DEFAULTS = 4_096;

const COLUMNS = 'model, version, previous, revision, changed_at AS "changedAt"';
const LIST = `SELECT ${COLUMNS} FROM model_default WHERE revision > 0 ORDER BY model LIMIT ${String(MOST_DEFAULTS)}`;
/** Whoever makes the first choice for a model at the same time waits here for the other. */
const PLACE = `INSERT INTO model_default (model) SELECT $1 WHERE (SELECT count(*) FROM model_default) < ${String(MOST_DEFAULTS)}
  ON CONFLICT DO NOTHING`;
const LOCK = `SELECT ${COLUMNS} FROM model_default WHERE model = $1 FOR UPDATE`;
const CHANGE = `UPDATE model_default SET version = $2, previous = $3, revision = revision + 1, changed_at = now() WHERE model = $1
  RETURNING ${COLUMNS}`;

/** The choices of default versions: the platform's, whoever of the tenants made them. */
export class ModelDefaultStore {
  constructor(
    private readonly database: Database,
    private readonly wakeUp: WakeUp,
  ) {}

  /** All that were ever made, by name. */
  list(): Promise<StoredDefault[]> {
    return this.database.rows<StoredDefault>({ name: 'model-defaults', text: LIST, values: [] });
  }

  /**
   * The change and the entry that tells of it, in one commit. What is so already stays as it is, and is not told.
   *
   * @throws ServingError `model_default_changed` where the caller knows another state; `not_found` where there is nothing to go back
   *   to; `quota_exceeded` where too many models have one
   */
  async change(change: DefaultChange, tell: TellOfDefault): Promise<StoredDefault> {
    const { found, isNew } = await this.database.forTenant(change.tenant, (client) => changeIn(client, change, tell));
    if (isNew) this.wakeUp.ring();
    return found;
  }
}

async function changeIn(client: Queryable, change: DefaultChange, tell: TellOfDefault) {
  const { model, expectedRevision } = change;
  await client.rows({ text: PLACE, values: [model] });
  const [before] = await client.rows<StoredDefault>({ text: LOCK, values: [model] });
  if (before === undefined) throw tooMany();
  if (expectedRevision !== undefined && expectedRevision !== before.revision) throw changedMeanwhile(before);
  if (change.version === undefined && before.revision === 0) throw nothingBefore();
  const version = change.version === undefined ? before.previous : change.version;
  if (version === before.version) return { found: before, isNew: false };
  const [found] = await client.rows<StoredDefault>({ text: CHANGE, values: [model, version, before.version] });
  if (found === undefined) throw new Error('the row of a model that is locked is gone');
  await tellIn(client, tell(before.version, version));
  return { found, isNew: true };
}

const tooMany = (): ServingError =>
  new ServingError('quota_exceeded', 'Too many models have a default version that was chosen.', {
    limit: `models with a chosen default version: ${String(MOST_DEFAULTS)}`,
  });

const changedMeanwhile = ({ revision }: StoredDefault): ServingError =>
  new ServingError('model_default_changed', `It was changed meanwhile: this is revision ${String(revision)}.`, {
    field: 'expected',
  });

const nothingBefore = (): ServingError =>
  new ServingError('not_found', 'No default version of this model was ever chosen: there is none before.', {
    remedy: 'Choose one with PUT /v1/models/{name}/default.',
  });
