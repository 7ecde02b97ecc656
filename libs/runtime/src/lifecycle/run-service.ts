import { flushCompileCache } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { armFailpoints } from '../failpoints';
import { loadSettings } from '../settings/load-settings';
import { createInstruments, type Instruments } from '../telemetry/instruments';
import { createLogger, type Logger } from '../telemetry/logger';
import { serveMetrics } from '../telemetry/metrics-server';
import { startTracing } from '../telemetry/tracing/start-tracing';
import type { Closable } from '../closable';
import { Lifecycle } from './lifecycle';
import { serveProbes } from './probe-server';
import { earlyLogLevel, processSettings, type ProcessSettings } from './process-settings';
import { startFailureInWords } from './start-failure';

export interface ServiceContext {
  readonly logger: Logger;
  readonly instruments: Instruments;
  /** For what runs when the service closes, in milliseconds. */
  readonly drainMs: number;
}

export interface RunningService extends Closable {
  readonly addresses: Readonly<Record<string, string>>;
  /** What it cannot serve without and does not have now; absent: it can as long as it runs. */
  missing?(): Promise<readonly string[]>;
  /** It is about to close: who asks it is told to ask others from now on, and what comes nevertheless is served. */
  leave?(): void;
}

export interface Service<S> {
  readonly name: string;
  readonly settings: z.ZodType<S>;
  /** Resolves when the service serves, with what others have to know to reach it. */
  start(settings: Readonly<S>, context: ServiceContext): Promise<RunningService>;
}

/** From a supervisor to its child: the environment to start with, once what it depends on is up. */
export interface StartMessage {
  readonly kind: 'start';
  readonly environment: Readonly<Record<string, string>>;
}

/** From a child to its supervisor: it serves. */
export interface ReadyMessage {
  readonly kind: 'ready';
  readonly addresses: Readonly<Record<string, string>>;
}

/** Beside the time for what runs: to close what is behind it. Both are below the 15 s that a stop may take in all, by default. */
const CLOSE_MS = 3_000;
/** A child whose supervisor was killed has nobody to wait for it. */
const ORPHAN_GRACE_MS = 2_000;

/**
 * The life of a service's process: settings, telemetry, start, ready, drain, end. Under a supervisor (an IPC channel is
 * there) the settings come by message, so that the process can load its code while its database starts; otherwise they are
 * the environment, as in a container. Ends with 0 after SIGTERM, with 1 when it could not start.
 */
export async function runService<S>(service: Service<S>): Promise<void> {
  const isSupervised = process.send !== undefined;
  const logger = createLogger(service.name, earlyLogLevel(process.env['MEDSERVE_LOG_LEVEL']));
  const life = new ServiceLife(logger);
  // Ctrl-C in a terminal reaches the whole group; the supervisor decides the order in which its children end.
  process.on('SIGINT', () => {
    if (!isSupervised) void life.leave(0);
  });
  process.on('SIGTERM', () => {
    void life.leave(0);
  });
  process.on('disconnect', () => {
    logger.warn('the supervisor is gone; ending');
    setTimeout(() => process.exit(1), ORPHAN_GRACE_MS).unref();
    life.end(1);
  });
  process.on('uncaughtException', (error) => {
    logger.error('an error that nobody caught; ending', { error });
    setTimeout(() => process.exit(1), ORPHAN_GRACE_MS).unref();
    life.end(1);
  });
  try {
    const environment = { ...process.env, ...(isSupervised ? await startMessage() : {}) };
    // Both before the first socket opens.
    const common = loadSettings(processSettings, environment);
    const settings = loadSettings(service.settings, environment);
    const failpoints = armFailpoints(environment);
    if (failpoints.length > 0)
      logger.warn('failpoints are armed: tests let this process fail', { count: failpoints.length });
    const running = await life.start(service, settings, common, environment);
    process.send?.({ kind: 'ready', addresses: running.addresses } satisfies ReadyMessage);
    logger.info('serving');
    // For the next start of it, however this one ends. Writes nothing where no cache is asked for, or nothing is new.
    flushCompileCache();
  } catch (error) {
    const words = startFailureInWords(error);
    if (words !== undefined) process.stderr.write(`${words}\n`);
    logger.error('could not start', { error });
    life.end(1);
  }
}

/** What a process opens, in order, and how it leaves: not ready first, closed when nobody sends anything new, then gone. */
class ServiceLife {
  private lifecycle: Lifecycle | undefined;
  private running: RunningService | undefined;
  private settleMs = 0;
  private leaving = false;

  constructor(private readonly logger: Logger) {}

  async start<S>(
    service: Service<S>,
    settings: Readonly<S>,
    common: ProcessSettings,
    environment: NodeJS.ProcessEnv,
  ): Promise<RunningService> {
    const { logger } = this;
    const drainMs = common.MEDSERVE_DRAIN_MS;
    this.settleMs = common.MEDSERVE_DRAIN_SETTLE_MS;
    const lifecycle = (this.lifecycle = new Lifecycle(logger, drainMs + CLOSE_MS));
    const instruments = createInstruments();
    lifecycle.add('tracing', await startTracing(service.name, environment, instruments));
    const { MEDSERVE_METRICS_PORT: metricsPort, MEDSERVE_PROBE_PORT: port, MEDSERVE_PROBE_HOST: host } = common;
    if (metricsPort !== undefined) lifecycle.add('metrics', await serveMetrics(instruments, metricsPort));
    // Before the service, which may take minutes to load a model: a process that starts is alive.
    if (port !== undefined) {
      const probes = { instruments, missing: () => this.missing() };
      lifecycle.add('probes', await serveProbes({ host, port }, probes));
    }
    this.running = lifecycle.add(service.name, await service.start(settings, { logger, instruments, drainMs }));
    return this.running;
  }

  /** Ends when nobody sends anything new any more; asked twice, at once. */
  async leave(code: number): Promise<void> {
    if (this.running && !this.leaving && this.settleMs > 0) {
      this.leaving = true;
      this.running.leave?.();
      this.logger.info('leaving: not ready any more, and closed when nobody sends anything new');
      await sleep(this.settleMs);
    }
    this.leaving = true;
    this.end(code);
  }

  end(code: number): void {
    const closed = this.lifecycle?.close() ?? Promise.resolve();
    void closed.finally(() => process.exit(code));
  }

  private async missing(): Promise<readonly string[]> {
    if (this.leaving) return ['time: it is about to end'];
    if (!this.running) return ['what it starts with'];
    return (await this.running.missing?.()) ?? [];
  }
}

function startMessage(): Promise<Readonly<Record<string, string>>> {
  return new Promise((resolve) => {
    process.once('message', (message: StartMessage) => {
      resolve(message.environment);
    });
  });
}
