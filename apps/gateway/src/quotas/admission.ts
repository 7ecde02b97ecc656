import { counts, type BindingQuota, type Class } from '@medserve/serving';
import type { AcceptedWork, Ticket } from './ticket';

/** A quota that binds the request, ready to be taken of. */
export interface Bound {
  readonly quota: BindingQuota;
  /** @returns how to give it back. @throws ServingError where there is none */
  take(points: number): Promise<() => void>;
}

/** Takes of all or of none. @returns how to give back what was taken, in the order of `bounds` */
async function takeAll(bounds: readonly Bound[], points: (bound: Bound) => number): Promise<(() => void)[]> {
  const taken: (() => void)[] = [];
  try {
    for (const bound of bounds) taken.push(await bound.take(points(bound)));
    return taken;
  } catch (error) {
    for (const giveBack of taken) giveBack();
    throw error;
  }
}

const isSlots = ({ quota }: Bound): boolean => quota.kind === 'concurrency';

/** A request's way through the quotas that bind it: what is known at the door is taken there, the rest when it is accepted. */
export class Admission implements Ticket {
  private readonly slots: (() => void)[] = [];
  private holders = 1;

  private constructor(private readonly bounds: readonly Bound[]) {}

  /** @throws ServingError when one of the quotas is used up: then nothing was taken */
  static async enter(bounds: readonly Bound[], leaveUsual: () => void): Promise<Admission> {
    const admission = new Admission(bounds);
    try {
      await admission.take(bounds.filter(({ quota }) => quota.kind !== 'cost' && !quota.exemptsStat));
    } catch (error) {
      leaveUsual();
      throw error;
    }
    admission.slots.push(leaveUsual);
    return admission;
  }

  async accept({ class: urgency, costUnits }: AcceptedWork): Promise<() => void> {
    const late = this.bounds.filter(({ quota }) => quota.kind === 'cost' || quota.exemptsStat);
    return this.take(
      late.filter(({ quota }) => counts(quota, urgency satisfies Class)),
      costUnits,
    );
  }

  hold(): () => void {
    this.holders += 1;
    return () => {
      this.leave();
    };
  }

  leave(): void {
    this.holders -= 1;
    if (this.holders > 0) return;
    for (const leave of this.slots.splice(0)) leave();
  }

  /** @returns how to give the points back; slots are left with the others */
  private async take(bounds: readonly Bound[], costUnits = 0): Promise<() => void> {
    // Points come back only within their window, slots always: they are taken last.
    const inOrder = [...bounds.filter((bound) => !isSlots(bound)), ...bounds.filter(isSlots)];
    const taken = await takeAll(inOrder, ({ quota }) => (quota.kind === 'cost' ? costUnits : 1));
    const slots = bounds.filter(isSlots).length;
    const points = taken.slice(0, taken.length - slots);
    this.slots.push(...taken.slice(points.length));
    // Its caller may have gone while a slot was waited for.
    if (this.holders <= 0) for (const leave of this.slots.splice(0)) leave();
    return () => {
      for (const giveBack of points.splice(0)) giveBack();
    };
  }
}
