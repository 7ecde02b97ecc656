import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WatchDecisionsResponse } from '@medserve/contracts';
import { ScalerClient, type Link } from '@medserve/rpc';
import { silentLogger } from '@medserve/runtime';
import { FakeRouter } from '@medserve/testkit';
import type { ScalerSettings } from '../settings';
import { startScaler, type RunningScaler } from '../start-scaler';
import { FakeClock } from './fake-clock';
import { KedaClient } from './keda-client';

export const POOL = 'encoder';

/** One pool of 4 slots a replica, a target of 3.2, that follows its demand without windows. */
export const fleetText = (change: object = {}): string =>
  JSON.stringify({
    version: 1,
    pools: [
      {
        name: POOL,
        models: ['*'],
        pods: ['127.0.0.1:1'],
        slots: 4,
        lingerSeconds: 30,
        up: { replicas: 100, periodSeconds: 1 },
        down: { stabilizationSeconds: 0, replicas: 100, periodSeconds: 1 },
        ...change,
      },
    ],
  });

/** Routers, scalers and their callers of one spec, ended after each test in the reverse order of their beginning. */
export class Harness {
  readonly clock = new FakeClock();
  private readonly folder = mkdtempSync(join(tmpdir(), 'medserve-scaler-'));
  private readonly closers: (() => unknown)[] = [];

  get fleetFile(): string {
    return join(this.folder, 'fleet.yaml');
  }

  add<T extends { close(): unknown }>(part: T): T {
    this.closers.push(() => part.close());
    return part;
  }

  async end(): Promise<void> {
    for (const close of this.closers.splice(0).reverse()) await close();
    rmSync(this.folder, { recursive: true });
  }

  describe(text: string): void {
    writeFileSync(this.fleetFile, text);
  }

  async router(port?: number): Promise<FakeRouter> {
    return this.add(await FakeRouter.start(port));
  }

  /** A scaler of these routers. */
  async scaler(addresses: readonly string[], settings: Partial<ScalerSettings> = {}): Promise<RunningScaler> {
    return this.add(
      await startScaler({
        listen: { host: '127.0.0.1', port: 0 },
        fleetFile: this.fleetFile,
        routers: addresses.map((address) => ({ kind: 'fixed', address })),
        logger: silentLogger,
        clock: this.clock,
        ...settings,
      }),
    );
  }

  keda({ address }: RunningScaler, metadata: Readonly<Record<string, string>> = { pool: POOL }, link?: Link) {
    return this.add(new KedaClient(address, metadata, link));
  }

  /** The first of the scaler's words that is as wanted. */
  heard({ address }: RunningScaler, accept: (told: WatchDecisionsResponse) => boolean): Promise<void> {
    const client = this.add(new ScalerClient(address));
    return new Promise((resolve) => {
      this.add({
        close: client.watchDecisions((told) => {
          if (told && accept(told)) resolve();
        }),
      });
    });
  }

  /** Resolves when the scaler adds up to so many slots for the pool. */
  demandIs(scaler: RunningScaler, slots: number): Promise<void> {
    return this.heard(scaler, ({ known, pools }) => {
      const pool = pools.find(({ pool: name }) => name === POOL);
      return known && pool !== undefined && pool.queuedSlots + pool.runningSlots === slots;
    });
  }
}
