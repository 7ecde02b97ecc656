import { newEventId, runRelay, type ActivityEvent, type EventBus } from '@medserve/events';
import type { SigningKeys, WitnessAddress } from '@medserve/ledger';
import { every, type Instruments, type Logger } from '@medserve/runtime';
import { HOME, type Seat, type Storage } from '@medserve/storage';
import { ClockWatch } from './clock-watch';
import { LogSigner } from './sign-logs';

export interface DutyTimes {
  /** Between looks for requests that nobody will end. */
  readonly sweepEveryMs: number;
  /** How long the lock of a dead gateway must have been free. */
  readonly graceMs: number;
  readonly reconcileEveryMs: number;
  /** An event that was sent this long ago and is not in the ledger is sent again. */
  readonly resendAfterMs: number;
  readonly checkpointEveryMs: number;
  readonly watchClockEveryMs: number;
  /** Between looks for months to prepare and to seal. */
  readonly monthsEveryMs: number;
}

export interface Duties {
  readonly storage: Storage;
  /** Resolves when there is a transport; the other duties do not wait for it. */
  readonly bus: Promise<EventBus>;
  readonly keys: SigningKeys;
  readonly publishedDir?: string | undefined;
  readonly witnesses: readonly WitnessAddress[];
  readonly logger: Logger;
  readonly instruments: Instruments;
  readonly times: DutyTimes;
}

/** Sends again what did not arrive, but for logs that are held: their events would only come back, and keep others waiting. */
async function sendAgain({ outbox, ledger }: Storage, afterMs: number): Promise<number> {
  const held = (await ledger.logs()).filter(({ isHeld }) => isHeld);
  return outbox.reclaim(
    afterMs,
    held.map(({ tenant }) => tenant),
  );
}

async function reconcile({ storage, logger, instruments, times }: Duties): Promise<void> {
  const count = await sendAgain(storage, times.resendAfterMs);
  if (count > 0) logger.warn('events were sent and did not reach the ledger; they are sent again', { count });
  const { waiting, behindSeconds, unended, entries } = await storage.ledger.backlog(Date.now());
  instruments.outboxWaiting.set(waiting);
  instruments.ledgerBehindSeconds.set(behindSeconds);
  instruments.requestsUnended.set(unended);
  instruments.ledgerSize.set(entries);
  instruments.ledgerHeld.set(storage.ledger.held().length);
  if (unended > 0) logger.error('accepted requests have no end, though their lease ran out', { count: unended });
}

/** Somebody else looks after the brokers: what they do to the topic is told loudly, and nothing is lost by it. */
async function inspectTransport({ logger, instruments }: Duties, bus: EventBus): Promise<void> {
  const change = await bus.inspect?.();
  if (change === undefined) return;
  instruments.transportChanges.inc({ change });
  logger.error('the topic of the events is not what it was', { reason: change });
}

async function sweep({ logger, instruments }: Duties, sweepOnce: () => Promise<number>): Promise<void> {
  const count = await sweepOnce();
  if (count === 0) return;
  instruments.abandoned.inc(count);
  logger.warn('requests of a gateway that is gone were recorded as abandoned', { count });
}

async function endSessions({ storage, logger, instruments }: Duties): Promise<void> {
  const count = await storage.sessions.sweep(new Date());
  if (count === 0) return;
  instruments.sessionsExpired.inc(count);
  logger.info('sessions whose time was over were ended', { count });
}

async function forgetSignIns({ storage, logger }: Duties): Promise<void> {
  const count = await storage.signIns.sweep(new Date());
  if (count > 0) logger.info('sessions of the page whose time was over were removed', { count });
}

async function removeFiles({ storage, logger }: Duties): Promise<void> {
  const count = await storage.uploads.sweep(new Date());
  if (count > 0) logger.info('uploaded files whose time was over were removed', { count });
}

async function watchClock({ storage, logger }: Duties, watch: ClockWatch): Promise<void> {
  const byMs = watch.look();
  if (byMs === undefined) return;
  logger.warn('the clock of the machine was set; the ledger tells of it', { durationMs: byMs });
  const event: ActivityEvent = {
    id: newEventId(),
    schema: 1,
    event: 'clock_jumped',
    at: new Date().toISOString(),
    tenant: HOME,
    actor: 'recorder',
    actorKind: 'service',
    subject: 'clock:recorder',
    outcome: 'success',
    facts: { byMs },
  };
  await storage.activities.record(event);
}

async function tendMonths({ storage: { ledger }, logger }: Duties): Promise<void> {
  const now = new Date();
  await ledger.makeMonths(now);
  const sealed = await ledger.retention.seal(now);
  if (sealed.length > 0) logger.info('months of the ledger were sealed', { count: sealed.length });
}

/** Resolves when `signal` aborts, at once where it has. */
const untilAborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    const over = (): void => {
      resolve(undefined);
    };
    if (signal.aborted) over();
    else signal.addEventListener('abort', over, { once: true });
  });

/** Does `work` with what `arriving` brings, unless `signal` aborts before. */
async function onceThere<T>(
  arriving: Promise<T>,
  signal: AbortSignal,
  work: (found: T) => Promise<void>,
): Promise<void> {
  const found = await Promise.race([arriving, untilAborted(signal)]);
  if (found !== undefined && !signal.aborted) await work(found);
}

/** What the one recorder that holds the seat does until it loses it. */
export async function fulfil(duties: Duties, seat: Seat): Promise<void> {
  const { storage, bus, logger, times } = duties;
  const { signal } = seat;
  // What an earlier recorder had under way is sent again at once: it may have died before it arrived.
  await sendAgain(storage, 0).catch((error: unknown) => {
    logger.warn('the outbox could not be read', { error });
  });
  const sweeper = storage.abandonSweep(times.graceMs);
  const signer = new LogSigner({ ...duties, ledger: storage.ledger });
  const watch = new ClockWatch();
  const told = (message: string) => (error: unknown) => {
    logger.warn(message, { error });
  };
  await Promise.all([
    onceThere(bus, signal, (found) =>
      runRelay(storage.outbox, found, {
        signal,
        untilWoken: () => seat.untilWoken(),
        onFailure: told('events could not be relayed; they are tried again'),
      }),
    ),
    onceThere(bus, signal, (found) =>
      every(
        times.reconcileEveryMs,
        signal,
        () => inspectTransport(duties, found),
        told('the brokers could not be asked about the topic of the events'),
      ),
    ),
    every(
      times.sweepEveryMs,
      signal,
      () => sweep(duties, () => sweeper.sweep(performance.now())),
      told('the sweep failed'),
    ),
    every(times.sweepEveryMs, signal, () => endSessions(duties), told('sessions that expired could not be ended')),
    every(times.sweepEveryMs, signal, () => forgetSignIns(duties), told('sessions of the page could not be removed')),
    every(times.sweepEveryMs, signal, () => removeFiles(duties), told('files that expired could not be removed')),
    every(times.reconcileEveryMs, signal, () => reconcile(duties), told('the reconciliation failed')),
    every(times.checkpointEveryMs, signal, () => signer.round(signal), told('no checkpoint could be signed')),
    every(
      times.watchClockEveryMs,
      signal,
      () => watchClock(duties, watch),
      told('a jump of the clock is not on record'),
    ),
    every(times.monthsEveryMs, signal, () => tendMonths(duties), told('months could not be prepared or sealed')),
  ]);
}
