import type { KeyObject } from 'node:crypto';
import { ServingError } from '@medserve/errors';
import type { EventMessage } from '@medserve/events';
import {
  AheadWitnessError,
  parseCheckpoint,
  rawPublicKey,
  splitNote,
  verifierKey,
  type WitnessAddress,
} from '@medserve/ledger';
import { keepVerifier } from './keep-verifier';
import type { Database } from '../database/database';
import { readBacklog, type Backlog } from './backlog';
import { ledgerCaughtUp, type CaughtUpOptions } from './caught-up';
import { cutCheckpoint } from './checkpoints';
import { cosignLog, type AskedWitness } from './cosign-log';
import { exportLog, type ExportedLog, type Progress } from './export-log';
import { ForkGuard, keepHeld, releaseHeld } from './fork-guard';
import { announceKey } from './key-change';
import { readState, readStates, snapshotFor, type LedgerState } from './ledger-rows';
import { LedgerWriter, type Appended } from './ledger-writer';
import { makeMonths } from './logs-and-months';
import { logOf, proveRequest, type Proof } from './prove';
import { ForkedLogError, publishedAt, publishedCheckpoint, publishLog } from './publish-log';
import { recordsOf, type LedgerRecord } from './records-of';
import { openRetention, type Retention } from './retention/retention';
import { verifyLog, type Verdict, type VerifyOptions } from './verify-log';
import { clearScratch } from './write-log';

export interface LedgerOptions {
  /** Folder of the published logs: a log that is behind what stands there is not extended. */
  readonly publishedDir?: string | undefined;
}

/**
 * Questions to and work on the audit ledger: a log for each tenant, that of the home (`home`) among them. What is asked of the log
 * of a tenant of whom nothing was ever recorded is refused with `not_found`.
 */
export interface Ledger {
  /** A mixed batch: each event goes to the log of its tenant. */
  append(messages: readonly EventMessage[]): Promise<Appended>;
  caughtUp(options?: CaughtUpOptions): Promise<void>;
  backlog(nowMs: number): Promise<Backlog>;
  /** Tenants whose log is not extended, as far as this process knows: a copy outside is ahead of it, or another. */
  held(): readonly string[];
  /** All logs, by tenant. */
  logs(): Promise<LedgerState[]>;
  /**
   * Lets a held log be extended again, where an operator has seen that it may be.
   * @throws ServingError `not_found` where it is not held; the database's error for a service, which may not
   */
  release(tenant: string): Promise<void>;
  state(tenant: string): Promise<LedgerState>;
  recordsOf(tenant: string, request: string): Promise<LedgerRecord[] | undefined>;
  /**
   * Signs the log as it is now, and keeps the note.
   * @throws ForkedLogError for a log that is held
   */
  checkpoint(tenant: string, key: KeyObject): Promise<string>;
  /** Has witnesses cosign the newest kept checkpoint; none of them is waited for longer than five seconds. */
  cosign(tenant: string, witnesses: readonly WitnessAddress[], signal: AbortSignal): Promise<AskedWitness[]>;
  /** @throws ForkedLogError for a log that is held: what is taken out is signed */
  export(tenant: string, key: KeyObject, dir: string, told?: Progress): Promise<ExportedLog>;
  /**
   * Brings `<dir>/<tenant>/` up to the newest kept checkpoint.
   * @throws ForkedLogError
   */
  publish(tenant: string, dir: string): Promise<number | undefined>;
  /**
   * In the log of the tenant, or in the home's where the request is older than that.
   * @throws ForkedLogError for a log that is held; ServingError `not_found`
   */
  prove(tenant: string, key: KeyObject, request: string): Promise<Proof>;
  verify(tenant: string, options: VerifyOptions): Promise<Verdict>;
  verifierKey(tenant: string, key: KeyObject): Promise<string>;
  /** Has each log name its next signing key; true when that stands under a checkpoint of the old one, in all of them. */
  announceKey(from: KeyObject, to: KeyObject): Promise<boolean>;
  /** Makes the partitions of this month and the two that follow. */
  makeMonths(now: Date): Promise<void>;
  readonly retention: Retention;
}

const publicHex = (key: KeyObject): string => rawPublicKey(key).toString('hex');

export function openLedger(database: Database, { publishedDir }: LedgerOptions = {}): Ledger {
  const guard = new ForkGuard(
    publishedDir === undefined ? undefined : (tenant) => publishedCheckpoint(publishedDir, tenant),
  );
  const writer = new LedgerWriter(database, guard);
  /** Folders without half files of a process that was killed: from then on this one writes there. */
  const cleared = new Set<string>();
  const state = (tenant: string): Promise<LedgerState> =>
    snapshotFor(database, tenant, (client) => readState(client, tenant));
  /** A log as it may be signed: what is signed is what was looked at. */
  const signable = async (tenant: string): Promise<LedgerState> => {
    const seen = await snapshotFor(database, tenant, async (client) => {
      const found = await readState(client, tenant);
      return (await guard.forbidsToSign(client, found)) ? undefined : found;
    });
    if (seen !== undefined) return seen;
    await keepHeld(database, tenant);
    throw new ForkedLogError(tenant);
  };
  return {
    append: (messages) => writer.append(messages),
    caughtUp: (options) => ledgerCaughtUp(database, options),
    backlog: (nowMs) => readBacklog(database, nowMs),
    held: () => guard.held,
    logs: async () => {
      const states = await readStates(database);
      for (const found of states) guard.see(found);
      return states;
    },
    release: async (tenant) => {
      if (!(await releaseHeld(database, tenant)))
        throw new ServingError('not_found', 'There is no log of this tenant that is held.');
    },
    state,
    recordsOf: (tenant, request) => recordsOf(database, tenant, request),
    checkpoint: async (tenant, key) => {
      const note = await cutCheckpoint(database, await signable(tenant), key);
      await keepVerifier(database, tenant, verifierKey(parseCheckpoint(splitNote(note).text).origin, key));
      guard.hear(tenant, parseCheckpoint(splitNote(note).text));
      return note;
    },
    cosign: async (tenant, witnesses, signal) => {
      const asked = await cosignLog(database, tenant, witnesses, signal);
      if (asked.some(({ error }) => error instanceof AheadWitnessError)) await guard.hold(database, tenant);
      return asked;
    },
    export: async (tenant, key, dir, told) => {
      await signable(tenant);
      return exportLog(database, tenant, key, dir, told);
    },
    publish: async (tenant, dir) => {
      try {
        const folder = publishedAt(dir, tenant);
        if (!cleared.has(folder)) await clearScratch(folder);
        cleared.add(folder);
        return await publishLog(database, tenant, dir);
      } catch (error) {
        if (error instanceof ForkedLogError) await guard.hold(database, tenant);
        throw error;
      }
    },
    prove: async (tenant, key, request) => {
      const log = await logOf(database, tenant, request);
      await signable(log);
      return proveRequest(database, log, key, request);
    },
    verify: (tenant, options) => snapshotFor(database, tenant, (client) => verifyLog(client, tenant, options)),
    verifierKey: async (tenant, key) => verifierKey((await state(tenant)).origin, key),
    announceKey: (from, to) => announceKey(database, publicHex(from), publicHex(to)),
    makeMonths: (now) => makeMonths(database, now),
    retention: openRetention(database),
  };
}
