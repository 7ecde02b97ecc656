import { setImmediate as turn } from 'node:timers/promises';
import { ServingError, toServingError } from '@medserve/errors';
import type { ModelLoad } from '@medserve/rpc';
import type { Fleet } from './fleet';
import type { Member, OrderOptions } from './member';
import { nameOf, type Order, type Orders } from './orders';

/** How long the catalogue may take to show what the pods have said is done. */
const SETTLING_MS = 1_000;
/** Orders for one model that wait for each other, those among them that are said again to pods that came back. */
const MOST_WAITING = 16;

/** Gives orders to all pods: to those that can be reached now, and to the others when they are back. */
export class Operator {
  constructor(
    private readonly fleet: Fleet,
    private readonly orders: Orders,
  ) {}

  /**
   * Resolves when every pod that can be reached serves the model.
   *
   * @throws ServingError `model_not_found` when no pod has it; what the first pod said that could not, while the others keep what
   *   they did; `unavailable` when no pod can be reached
   */
  load(load: ModelLoad, options: OrderOptions): Promise<void> {
    return this.inTurn(load.name, async () => {
      const error = await this.broadcast(this.receivers(load.name), (member) => member.load(load, options));
      await this.done({ kind: 'load', load }, (states) => states.some((state) => state !== 'unloaded'));
      if (error) throw error;
    });
  }

  /** @throws ServingError `model_not_found`, `unavailable` */
  unload(name: string, options: OrderOptions): Promise<void> {
    return this.inTurn(name, async () => {
      const receivers = this.receivers(name);
      const having = receivers.filter((member) => member.has(name));
      const givenTo = having.length > 0 ? having : receivers;
      const error = await this.broadcast(givenTo, (member) => member.unload(name, options));
      await this.done({ kind: 'unload', name }, (states) => states.every((state) => state === 'unloaded'));
      if (error) throw error;
    });
  }

  /** Of a model that pods to come will have, those that have it now, if any do: the others hear of the order when they come. */
  private receivers(name: string): readonly Member[] {
    const reachable = this.fleet.members.filter((member) => member.reachable && !member.draining);
    if (this.fleet.isAbsent(name)) return reachable.filter((member) => member.has(name));
    if (reachable.length === 0) throw new ServingError('unavailable', 'No inference pod can be reached.');
    return reachable;
  }

  /**
   * @returns what a pod said that did not take the order, while others did: it holds, and is to be remembered
   * @throws ServingError when none took it
   */
  private async broadcast(
    members: readonly Member[],
    give: (member: Member) => Promise<void>,
  ): Promise<ServingError | undefined> {
    const results = await Promise.allSettled(members.map(give));
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [toServingError(result.reason)] : []));
    // A pod whose repository has not got the model is not in the way of one that has.
    const serious = errors.filter(({ reason }) => reason !== 'model_not_found');
    const [error] = errors.length === results.length ? errors : serious;
    if (!error) return undefined;
    if (errors.length === results.length) throw error;
    const { reason, message, field, limit, remedy, retryAfterMs } = error;
    return new ServingError(reason, `${message} Other pods took the order and keep to it.`, {
      field,
      limit,
      remedy,
      retryAfterMs,
      cause: error,
    });
  }

  /** Remembers the order and waits until the catalogue shows it, so that who gave it finds it done. */
  private async done(order: Order, shows: (states: readonly string[]) => boolean): Promise<void> {
    this.orders.remember(order);
    this.fleet.reordered();
    const name = nameOf(order);
    const isShown = () => shows(this.fleet.catalogue.filter((entry) => entry.name === name).map(({ state }) => state));
    // What a pod told before it answered may be in the same read as the answer.
    await turn();
    if (isShown()) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = setTimeout(end, SETTLING_MS);
      const stop = this.fleet.onChange(() => {
        if (isShown()) end();
      });
    });
  }

  private inTurn(name: string, give: () => Promise<void>): Promise<void> {
    return this.orders.lines.inTurn(name, give, MOST_WAITING);
  }
}
