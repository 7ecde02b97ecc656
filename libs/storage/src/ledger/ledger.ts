import type { KeyObject } from 'node:crypto';
import type { EventMessage } from '@medserve/events';
import {
  AheadWitnessError,
  parseCheckpoint,
  rawPublicKey,
  splitNote,
  verifierKey,
  type WitnessAddress,
} from '@medserve/ledger';
import { keepVerifier } from '../audit/keep-verifier';
import type { Database } from '../database/database';
import { readBacklog, type Backlog } from './backlog';
import { ledgerCaughtUp, type CaughtUpOptions } from './caught-up';
import { cutCheckpoint } from './checkpoints';
import { cosignLog, type AskedWitness } from './cosign-log';
import { exportLog, type ExportedLog, type Progress } from './export-log';
import { ForkGuard } from './fork-guard';
import { announceKey } from './key-change';
import { readState, readStates, snapshotFor, type LedgerState } from './ledger-rows';
import { LedgerWriter, type Appended } from './ledger-writer';
import { makeMonths } from './logs-and-months';
import { proveRequest, type Proof } from './prove';
import { ForkedLogError, publishedCheckpoint, publishLog } from './publish-log';
import { recordsOf, type LedgerRecord } from './records-of';
import { openRetention, type Retention } from './retention/retention';
import { verifyLog, type Verdict, type VerifyOptions } from './verify-log';

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
  state(tenant: string): Promise<LedgerState>;
  recordsOf(tenant: string, request: string): Promise<LedgerRecord[] | undefined>;
  /**
   * Signs the log as it is now, and keeps the note.
   * @throws ForkedLogError for a log that is held
   */
  checkpoint(tenant: string, key: KeyObject): Promise<string>;
  /** Has witnesses cosign the newest kept checkpoint; none of them is waited for longer than five seconds. */
  cosign(tenant: string, witnesses: readonly WitnessAddress[], signal: AbortSignal): Promise<AskedWitness[]>;
  export(tenant: string, key: KeyObject, dir: string, told?: Progress): Promise<ExportedLog>;
  /**
   * Brings `<dir>/<tenant>/` up to the newest kept checkpoint.
   * @throws ForkedLogError
   */
  publish(tenant: string, dir: string): Promise<number | undefined>;
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
  const state = (tenant: string): Promise<LedgerState> =>
    snapshotFor(database, tenant, (client) => readState(client, tenant));
  const refuseHeld = async (tenant: string): Promise<void> => {
    const isHeld = await snapshotFor(database, tenant, async (client) =>
      guard.forbids(client, await readState(client, tenant)),
    );
    if (isHeld) throw new ForkedLogError(tenant);
  };
  return {
    append: (messages) => writer.append(messages),
    caughtUp: (options) => ledgerCaughtUp(database, options),
    backlog: (nowMs) => readBacklog(database, nowMs),
    held: () => guard.held,
    logs: () => readStates(database),
    state,
    recordsOf: (tenant, request) => recordsOf(database, tenant, request),
    checkpoint: async (tenant, key) => {
      await refuseHeld(tenant);
      const note = await cutCheckpoint(database, tenant, key);
      await keepVerifier(database, tenant, verifierKey(parseCheckpoint(splitNote(note).text).origin, key));
      guard.hear(tenant, parseCheckpoint(splitNote(note).text));
      return note;
    },
    cosign: async (tenant, witnesses, signal) => {
      const asked = await cosignLog(database, tenant, witnesses, signal);
      if (asked.some(({ error }) => error instanceof AheadWitnessError)) guard.hold(tenant);
      return asked;
    },
    export: (tenant, key, dir, told) => exportLog(database, tenant, key, dir, told),
    publish: async (tenant, dir) => {
      try {
        return await publishLog(database, tenant, dir);
      } catch (error) {
        if (error instanceof ForkedLogError) guard.hold(tenant);
        throw error;
      }
    },
    prove: (tenant, key, request) => proveRequest(database, tenant, key, request),
    verify: (tenant, options) => snapshotFor(database, tenant, (client) => verifyLog(client, tenant, options)),
    verifierKey: async (tenant, key) => verifierKey((await state(tenant)).origin, key),
    announceKey: (from, to) => announceKey(database, publicHex(from), publicHex(to)),
    makeMonths: (now) => makeMonths(database, now),
    retention: openRetention(database),
  };
}
