import { RequestClass } from '@medserve/contracts';

/** How urgent a request is, in the words of every protocol of ours. */
export type ClassName = 'stat' | 'urgent' | 'routine' | 'research';

const WIRE = {
  stat: RequestClass.STAT,
  urgent: RequestClass.URGENT,
  routine: RequestClass.ROUTINE,
  research: RequestClass.RESEARCH,
} as const satisfies Record<ClassName, RequestClass>;

export const toRequestClass = (name: ClassName): RequestClass => WIRE[name];

/** Unspecified, and what a newer release may add, is routine. */
export const fromRequestClass = (value: RequestClass): ClassName =>
  (Object.keys(WIRE) as ClassName[]).find((name) => WIRE[name] === value) ?? 'routine';
