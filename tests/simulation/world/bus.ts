import { partitionOf, type EventBus, type EventHandler, type EventMessage, type Subscription } from '@medserve/events';
import { Life, type Simulation } from './simulation';

const PARTITIONS = 3;
/** Of what it acknowledged (F33). */
const LOST = 0.03;
/** Of what it stored, its answer is lost. */
const UNHEARD = 0.04;
const TWICE = 0.15;
const CORRUPTED = 0.01;
const REDELIVER_MS = 40;
const FOREVER = new Life();

/** A broker that is worse than any: it loses what it acknowledged, delivers twice, out of order, late, and changes bytes. */
export class ModelBus implements EventBus {
  readonly partitions = PARTITIONS;
  isDown = false;
  isQuiet = false;
  private readonly handlers: EventHandler[] = [];

  constructor(private readonly simulation: Simulation) {}

  async publish(partition: number, messages: readonly EventMessage[]): Promise<void> {
    const { simulation } = this;
    if (messages.some(({ key }) => partitionOf(key, PARTITIONS) !== partition)) throw new Error('the wrong partition');
    await simulation.sleep(simulation.between(1, 8), FOREVER);
    if (this.isDown) throw new Error('no broker');
    if (this.isQuiet) {
      this.deliverLater(messages);
      return;
    }
    if (simulation.chance(LOST)) return;
    this.deliverLater(simulation.chance(CORRUPTED) ? messages.map(corrupted) : messages);
    if (simulation.chance(TWICE)) this.deliverLater(messages);
    if (simulation.chance(UNHEARD)) throw new Error('the acknowledgement was lost');
  }

  subscribe(handler: EventHandler): Promise<Subscription> {
    this.handlers.push(handler);
    return Promise.resolve({
      close: () => {
        this.handlers.splice(this.handlers.indexOf(handler), 1);
        return Promise.resolve();
      },
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private deliverLater(messages: readonly EventMessage[]): void {
    const { simulation } = this;
    simulation.after(simulation.between(1, this.isQuiet ? 10 : 60), () => {
      const { handlers } = this;
      const handler = handlers[simulation.between(0, Math.max(0, handlers.length - 1))];
      // A consumer that dies or fails has not moved its offset.
      const again = (): void => {
        simulation.after(REDELIVER_MS, () => {
          this.deliverLater(messages);
        });
      };
      if (handler === undefined || this.isDown) again();
      else void handler(messages).catch(again);
    });
  }
}

const corrupted = (message: EventMessage): EventMessage => ({ ...message, bytes: Buffer.from('something else') });
