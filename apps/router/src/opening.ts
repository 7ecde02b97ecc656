import { toServingError, type ServingError } from '@medserve/errors';
import { loadProgress, type LoadProgress } from '@medserve/serving';
import type { Seats } from './seat';
import type { Startable } from './startable';

/** A host that just died is replaced by its pod at once, so an unreachable one is asked for again. */
const TRIES = { unreachable: 2, refused: 1 };

/**
 * Brings replicas up: has pods load the model and connects to its hosts. A replica that cannot be opened is passed over for
 * the others; when all were tried in vain, those who wait are told what the last one said.
 */
export class Opening {
  private readonly tries = new Map<Startable, number>();
  private readonly passedOver = new Set<Startable>();

  constructor(
    private readonly seats: Seats,
    private readonly events: { onOpened(replica: Startable): void; onExhausted(error: ServingError): void },
  ) {}

  /** Opens one more replica, where that is worth while. */
  next(): void {
    const replica = this.seats.nextToOpen(this.passedOver);
    if (replica) this.open(replica);
  }

  /** Opens those that have the model loaded already, so that the next request finds them connected. */
  ready(): void {
    for (const replica of this.seats.replicas) if (replica.becameReady()) this.open(replica);
  }

  /** How far the quickest is; `undefined`: one is connected, or nothing has to be loaded. */
  progress(): LoadProgress | undefined {
    let quickest: LoadProgress | undefined;
    for (const replica of this.seats.able()) {
      if (replica.link === 'up') return undefined;
      const { openingSinceMs, expectedLoadMs } = replica;
      if (openingSinceMs === undefined) continue;
      if (replica.state === 'ready') return undefined;
      const progress = loadProgress(performance.now() - openingSinceMs, expectedLoadMs);
      if (quickest === undefined || progress.remainingMs < quickest.remainingMs) quickest = progress;
    }
    return quickest;
  }

  private open(replica: Startable): void {
    replica.open().then(
      () => {
        this.forget();
        this.events.onOpened(replica);
      },
      (error: unknown) => {
        this.failed(replica, toServingError(error));
      },
    );
  }

  private failed(replica: Startable, error: ServingError): void {
    const tries = (this.tries.get(replica) ?? 0) + 1;
    this.tries.set(replica, tries);
    if (tries >= (error.reason === 'unavailable' ? TRIES.unreachable : TRIES.refused)) this.passedOver.add(replica);
    const others = this.seats.able().filter(({ link }) => link !== 'none');
    if (others.length > 0) {
      // They serve, or will: this one is tried again when its backing off is over.
      if (others.some(({ link }) => link === 'up')) this.forget();
      return;
    }
    const next = this.seats.nextToOpen(this.passedOver);
    if (next) {
      this.open(next);
      return;
    }
    this.forget();
    this.events.onExhausted(error);
  }

  private forget(): void {
    this.tries.clear();
    this.passedOver.clear();
  }
}
