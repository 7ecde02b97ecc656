import { BoundedNames, type Closable, type Instruments, type Logger } from '@medserve/runtime';
import type { Principal } from '@medserve/security';
import type { UsageRow } from '@medserve/storage';
import type { Meter, Outcome } from '../infer/endings';
import type { Dispatched } from '../infer/ports';
import type { Prepared } from '../infer/prepared';
import { shareOfRun } from '../infer/share-of-run';
import { UsageSums } from './usage-sums';
import { inputSize } from '../infer/work-of';

export interface UsageWriter {
  write(gateway: string, rows: readonly UsageRow[]): Promise<void>;
}

export interface UsageMeterParts {
  readonly store: UsageWriter;
  /** A number of this process alone. */
  readonly gateway: string;
  readonly instruments: Pick<Instruments, 'usageRequests' | 'usageRunSeconds' | 'usageCostUnits'>;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A gateway that is killed takes with it what it counted since it last wrote: no more than so many milliseconds. */
const FLUSH_MS = 5_000;
/** Tenants that have a label of their own in the metrics; the rest are `other`. */
const TENANTS = 50;

/**
 * What tenants use, counted where requests end and written every few seconds, without a commit of its own for any of them. Sums are
 * written whole, so that a write of which nobody knows whether it succeeded is done again.
 */
export class UsageMeter implements Closable, Meter {
  private readonly sums = new UsageSums();
  private readonly tenants = new BoundedNames(TENANTS);
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly parts: UsageMeterParts) {}

  /** Writes every few seconds from now on. */
  start(): this {
    this.timer = setInterval(() => {
      void this.flush();
    }, FLUSH_MS).unref();
    return this;
  }

  /** A request has ended in its record. @param done absent: no model answered */
  ended({ subject, order, modelName }: Prepared, outcome: Outcome, done?: Dispatched): void {
    const { instruments, now } = this.parts;
    const { by, class: urgency } = subject;
    const version = order.model?.version;
    const expected = version === undefined ? modelName : `${modelName}:${version}`;
    const model = done === undefined ? expected : `${done.model.name}:${done.model.version}`;
    const size = inputSize(order.input);
    const runSeconds = done === undefined ? 0 : shareOfRun(done);
    this.sums.add({ ...ownerOf(by), model, class: urgency }, now(), {
      [outcome]: 1,
      cpuSeconds: runSeconds,
      queueSeconds: (done?.timings['queue'] ?? 0) / 1000,
      inputBytes: size.bytes,
      costUnits: size.costUnits,
    });
    const tenant = this.tenants.of(by.tenant);
    instruments.usageRequests.inc({ tenant, outcome });
    instruments.usageRunSeconds.inc({ tenant }, runSeconds);
    instruments.usageCostUnits.inc({ tenant }, size.costUnits);
  }

  /** A request was turned away before there was anything to record. */
  refused(by: Principal): void {
    this.sums.add({ ...ownerOf(by), model: '', class: '' }, this.parts.now(), { refused: 1 });
    this.parts.instruments.usageRequests.inc({ tenant: this.tenants.of(by.tenant), outcome: 'refused' });
  }

  /** Writes what has changed. Never fails: what could not be written stays. */
  flush(): Promise<void> {
    this.writing = this.writing.then(async () => {
      const { store, gateway, logger, now } = this.parts;
      const { rows, written } = this.sums.changed(now());
      if (rows.length === 0) return;
      try {
        await store.write(gateway, rows);
        written();
      } catch (error) {
        this.sums.failed(rows);
        logger.warn('usage could not be written; it is tried again', { error, count: rows.length });
      }
    });
    return this.writing;
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }
}

const ownerOf = ({ tenant, site = '', department = '' }: Principal) => ({ tenant, site, department });
