import type { z } from 'zod';
import { armFailpoints } from '../failpoints';
import { loadSettings, SettingsError } from '../settings/load-settings';
import { createInstruments, type Instruments } from '../telemetry/instruments';
import { createLogger, type Logger } from '../telemetry/logger';
import { serveMetrics } from '../telemetry/metrics-server';
import { startTracing } from '../telemetry/tracing';
import { Lifecycle, type Closable } from './lifecycle';

export interface ServiceContext {
  readonly logger: Logger;
  readonly instruments: Instruments;
}

export interface Service<S> {
  readonly name: string;
  readonly settings: z.ZodType<S>;
  /** Resolves when the service serves, with what others have to know to reach it. */
  start(
    settings: Readonly<S>,
    context: ServiceContext,
  ): Promise<Closable & { readonly addresses: Readonly<Record<string, string>> }>;
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

/** Below the 15 s that a stop may take in all. */
const GRACE_MS = 8_000;
/** A child whose supervisor was killed has nobody to wait for it. */
const ORPHAN_GRACE_MS = 2_000;

/**
 * The life of a service's process: settings, telemetry, start, ready, drain, end. Under a supervisor (an IPC channel is
 * there) the settings come by message, so that the process can load its code while its database starts; otherwise they are
 * the environment, as in a container. Ends with 0 after SIGTERM, with 1 when it could not start.
 */
export async function runService<S>(service: Service<S>): Promise<void> {
  const isSupervised = process.send !== undefined;
  const logger = createLogger(service.name, process.env['MEDSERVE_LOG_LEVEL'] ?? 'info');
  const lifecycle = new Lifecycle(logger, GRACE_MS);
  const end = (code: number): void => {
    void lifecycle.close().finally(() => process.exit(code));
  };
  // Ctrl-C in a terminal reaches the whole group; the supervisor decides the order in which its children end.
  process.on('SIGINT', () => {
    if (!isSupervised) end(0);
  });
  process.on('SIGTERM', () => {
    end(0);
  });
  process.on('disconnect', () => {
    logger.warn('the supervisor is gone; ending');
    setTimeout(() => process.exit(1), ORPHAN_GRACE_MS).unref();
    end(1);
  });
  process.on('uncaughtException', (error) => {
    logger.error('an error that nobody caught; ending', { error });
    setTimeout(() => process.exit(1), ORPHAN_GRACE_MS).unref();
    end(1);
  });
  try {
    const environment = { ...process.env, ...(isSupervised ? await startMessage() : {}) };
    const settings = loadSettings(service.settings, environment);
    const failpoints = armFailpoints(environment);
    if (failpoints.length > 0)
      logger.warn('failpoints are armed: tests let this process fail', { count: failpoints.length });
    lifecycle.add('tracing', await startTracing(service.name, environment));
    const instruments = createInstruments();
    const metricsPort = environment['MEDSERVE_METRICS_PORT'];
    if (metricsPort !== undefined) lifecycle.add('metrics', await serveMetrics(instruments, Number(metricsPort)));
    const running = lifecycle.add(service.name, await service.start(settings, { logger, instruments }));
    process.send?.({ kind: 'ready', addresses: running.addresses } satisfies ReadyMessage);
    logger.info('serving');
  } catch (error) {
    if (error instanceof SettingsError) process.stderr.write(`${error.message}\n`);
    logger.error('could not start', { error });
    end(1);
  }
}

function startMessage(): Promise<Readonly<Record<string, string>>> {
  return new Promise((resolve) => {
    process.once('message', (message: StartMessage) => {
      resolve(message.environment);
    });
  });
}
