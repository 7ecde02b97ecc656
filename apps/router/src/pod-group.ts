import type { CatalogueEntry } from '@medserve/rpc';
import { keyOf } from './keys';
import type { Member } from './member';
import type { DescribedPool } from './settings';
import type { ScalingPool } from './demand/scaling-pool';

/** Whether a pool that names its models like this serves one: `name:version`, `name` for all its versions, `*` for all. */
function serves(patterns: readonly string[], entry: CatalogueEntry): boolean {
  return patterns.some((pattern) => pattern === '*' || pattern === entry.name || pattern === keyOf(entry));
}

/** As something that a pod will have which is not there yet. */
const asCold = (entry: CatalogueEntry, expectedLoadMs: number): CatalogueEntry => ({
  ...entry,
  state: 'cold',
  reason: '',
  expectedLoadMs,
});

/** Pods that come from the same sources, and what is known of their models while none of them can be heard. */
export interface PodGroup {
  /** host:port of its pods now. */
  addresses: readonly string[];
  /** Whether all its sources could be read. */
  isDiscovered: boolean;
  /** Whose demand its pods serve; `undefined`: each model is a pool of its own. */
  readonly scaling: ScalingPool | undefined;
  serves(entry: CatalogueEntry): boolean;
  /** Whether its pods have the model, or had it last. @param key `name:version` */
  has(key: string): boolean;
  /** Models of pods that are not there, or cannot be heard, and are worth waiting for. */
  absent(members: readonly Member[]): readonly CatalogueEntry[];
  /** Whether what its pods do not have is not there. */
  isComplete(members: readonly Member[]): boolean;
}

const isHeard = (member: Member): boolean => member.settled && !member.draining;

/** The pods of no described pool: a model is gone with the last pod that has it, unless that said that it ends. */
export class StandingPods implements PodGroup {
  addresses: readonly string[] = [];
  isDiscovered = false;
  readonly scaling = undefined;

  serves(): boolean {
    return true;
  }

  has(): boolean {
    return false;
  }

  absent(members: readonly Member[]): readonly CatalogueEntry[] {
    return members.flatMap(({ expected }) => expected.map((entry) => asCold(entry, entry.expectedLoadMs)));
  }

  isComplete(members: readonly Member[]): boolean {
    return this.isDiscovered && members.every(({ settled }) => settled);
  }
}

/** The replicas of one described pool, which are all alike: without any, its models are what the last of them had. */
export class ScaledPods implements PodGroup {
  addresses: readonly string[] = [];
  isDiscovered = false;
  /** By `name:version`. */
  private known: ReadonlyMap<string, CatalogueEntry> | undefined;
  private readonly patterns: readonly string[];

  constructor(
    { description, catalogue }: DescribedPool,
    readonly scaling: ScalingPool,
  ) {
    this.patterns = description.models;
    if (catalogue) this.known = this.servedOf(catalogue);
  }

  serves(entry: CatalogueEntry): boolean {
    return serves(this.patterns, entry);
  }

  has(key: string): boolean {
    return this.known?.has(key) ?? false;
  }

  absent(members: readonly Member[]): readonly CatalogueEntry[] {
    const heard = members.filter(isHeard);
    if (heard.length > 0) {
      this.known = this.servedOf(heard.flatMap(({ models }) => models));
      return [];
    }
    const { expectedMs } = this.scaling.coldStarts;
    return [...(this.known?.values() ?? [])].map((entry) => asCold(entry, expectedMs));
  }

  isComplete(members: readonly Member[]): boolean {
    return this.isDiscovered && this.known !== undefined && members.every(({ settled }) => settled);
  }

  private servedOf(entries: readonly CatalogueEntry[]): ReadonlyMap<string, CatalogueEntry> {
    return new Map(entries.filter((entry) => this.serves(entry)).map((entry) => [keyOf(entry), entry]));
  }
}
