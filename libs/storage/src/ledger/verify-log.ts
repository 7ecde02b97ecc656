import type { Queryable } from '../database/database';
import type { Progress } from './export-log';
import { readState } from './ledger-rows';
import { CheckpointCheck } from './verify/check-checkpoints';
import { checkKeys } from './verify/check-keys';
import { checkRequests } from './verify/check-requests';
import { checkResults, type OpenContent } from './verify/check-results';
import { OutsideCheck, type OutsideCopy } from './verify/outside-copy';
import type { Problem } from './verify/problem';
import { Replay } from './verify/replay';

export interface Verdict {
  readonly tenant: string;
  readonly size: number;
  /** Base64, as in the checkpoint. */
  readonly root: string;
  readonly origin: string;
  /** Entries, checkpoints, requests and results that were checked. */
  readonly checked: { entries: number; checkpoints: number; requests: number; results: number };
  /** Entries that were deleted by retention, of which the tiles and the log itself still tell. */
  readonly deleted: number;
  /** Drawn answers that could not be compared: their key was destroyed, or `openContent` is absent. */
  readonly shredded: number;
  /** Events committed and not yet in the ledger. */
  readonly waiting: number;
  /** Events that could not be read and were put aside; the log names each. */
  readonly parked: number;
  /** Size of the copy outside that the log was held against. */
  readonly against?: number;
  /** Empty when database, tiles and checkpoints agree; otherwise the first bad row of each kind. */
  readonly problems: readonly Problem[];
}

export interface VerifyOptions {
  /** Verifier key in note form; a copy kept elsewhere proves more than the one at hand. */
  readonly verifier: string;
  /** A copy kept outside, by which also an end that was cut off is found: `readOutsideCopy` reads one. */
  readonly against?: OutsideCopy;
  readonly sampledResults?: number;
  /** Opens stored answers: they are sealed, and their record is over what was sent. */
  readonly openContent?: OpenContent;
  readonly told?: Progress;
}

/**
 * Checks everything about a log that can be checked from the database: that the entries are dense and say what their columns say,
 * that tiles and root follow from them, that every checkpoint is signed and was true at its size, that requests and entries
 * match one to one and say the same, that results are there and (sampled) are the bytes that were recorded, and that destroyed
 * keys are on record.
 *
 * @param client in one snapshot; the platform may run
 */
export async function verifyLog(client: Queryable, tenant: string, options: VerifyOptions): Promise<Verdict> {
  const { verifier, against, sampledResults = 200, told = () => undefined } = options;
  const state = await readState(client, tenant);
  const checkpoints = await CheckpointCheck.read(client, state);
  const outside = against === undefined ? undefined : new OutsideCheck(against);
  const stops = outside === undefined ? checkpoints.sizes : [...checkpoints.sizes, outside.size];
  const replay = new Replay(client, state, verifier, stops);
  const { findings, rootAt, retention, keys } = replay;
  await replay.run(told);
  checkpoints.compare(rootAt, keys, findings);
  checkpoints.missing(findings);
  await outside?.compare(client, state, replay);
  const requests = await checkRequests(client, state, retention.months, findings);
  const results = await checkResults(client, tenant, sampledResults, findings, options.openContent);
  await checkKeys(client, tenant, retention.months, findings);
  return {
    tenant,
    size: state.size,
    root: state.root.toString('base64'),
    origin: state.origin,
    checked: {
      entries: replay.entries,
      checkpoints: checkpoints.sizes.length,
      requests: requests.count,
      results: results.count,
    },
    deleted: retention.deleted,
    shredded: results.shredded,
    waiting: requests.waiting,
    parked: requests.parked,
    ...(outside === undefined ? {} : { against: outside.size }),
    problems: findings.problems,
  };
}
