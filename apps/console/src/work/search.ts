import { CLASSES } from '../api/classes';

export const TABS = ['jobs', 'studies', 'deliveries'] as const;
export type Tab = (typeof TABS)[number];

/** What can be asked for by a state, in the words of the API. */
export const STATES = {
  jobs: ['running', 'completed', 'failed', 'cancelled', 'abandoned'],
  studies: ['receiving', 'complete', 'inferring', 'inferred', 'exporting', 'exported', 'skipped', 'failed'],
  deliveries: ['waiting', 'sending', 'delivered', 'dead'],
} as const satisfies Record<Tab, readonly string[]>;

/**
 * What of the work list is shown. It stands in the address, so it holds words of the platform alone: whatever could name a patient or
 * a study has no place in it.
 */
export interface WorkSearch {
  readonly tab?: Tab;
  readonly state?: string;
  readonly task?: string;
  readonly model?: string;
  readonly class?: (typeof CLASSES)[number];
  readonly site?: string;
  /** Of studies. */
  readonly route?: string;
  readonly modality?: string;
  /** Of deliveries. */
  readonly destination?: string;
}

const WORDS = {
  jobs: {
    task: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    model: /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
    site: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  },
  studies: { route: /^[a-z0-9-]{1,40}$/, modality: /^[A-Z0-9]{1,16}$/ },
  deliveries: { destination: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/ },
} as const satisfies Record<Tab, Partial<Record<keyof WorkSearch, RegExp>>>;

/** An address that was typed or kept: what fits its tab is taken, the rest is as if it were not there. */
export function parseWorkSearch(raw: Readonly<Record<string, unknown>>): WorkSearch {
  const named = TABS.find((one) => one === raw['tab']);
  const tab = named ?? 'jobs';
  const taken: Record<string, string> = {};
  for (const [name, pattern] of Object.entries<RegExp>(WORDS[tab])) {
    // The router reads a figure as a number.
    const value = typeof raw[name] === 'number' ? String(raw[name]) : raw[name];
    if (typeof value === 'string' && pattern.test(value)) taken[name] = value;
  }
  const state = STATES[tab].find((one) => one === raw['state']);
  const urgency = tab === 'jobs' ? CLASSES.find((one) => one === raw['class']) : undefined;
  return {
    ...(named === undefined ? {} : { tab: named }),
    ...(state === undefined ? {} : { state }),
    ...(urgency === undefined ? {} : { class: urgency }),
    ...taken,
  };
}
