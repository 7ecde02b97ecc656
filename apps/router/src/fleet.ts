import {
  FrameStreamClient,
  MODEL_HOST_INFER,
  PodClient,
  type CatalogueEntry,
  type ModelKey,
  type Watch,
} from '@medserve/rpc';
import type { Replica } from '@medserve/serving';

/** Two pods with different bytes under one name and version: the digest decides what is the same model. */
const keyOf = ({ name, version }: ModelKey): string => `${name}:${version}`;

export interface ModelReplica extends Replica {
  readonly member: Member;
}

/** One pod: what it says it has, and the streams to its hosts. */
export class Member {
  models: readonly CatalogueEntry[] = [];
  reachable = false;
  inFlight = 0;
  private readonly hosts = new Map<string, Promise<FrameStreamClient>>();
  private readonly client: PodClient;
  private readonly watching: Watch;

  constructor(
    readonly address: string,
    private readonly maxInFlightPerHost: number,
    onChange: () => void,
  ) {
    this.client = new PodClient(address);
    this.watching = this.client.watch((models) => {
      this.reachable = models !== undefined;
      this.models = models ?? [];
      onChange();
    });
  }

  /** Whether the stream to the model's host stands, or the pod says that the model is loaded. */
  has(model: ModelKey): boolean {
    return this.hosts.has(keyOf(model)) || this.find(model)?.state === 'ready';
  }

  find({ name, version }: ModelKey): CatalogueEntry | undefined {
    return this.models.find((entry) => entry.name === name && entry.version === version);
  }

  /** The stream that stands already; `undefined`: the host has to be asked for. */
  connected(model: ModelKey): Promise<FrameStreamClient> | undefined {
    return this.hosts.get(keyOf(model));
  }

  /** Has the pod load the model and connects to its host; once, however many ask. */
  host(model: ModelKey): Promise<FrameStreamClient> {
    const key = keyOf(model);
    const known = this.hosts.get(key);
    if (known) return known;
    const connecting = this.connect(model);
    this.hosts.set(key, connecting);
    connecting.catch(() => {
      if (this.hosts.get(key) === connecting) this.hosts.delete(key);
    });
    return connecting;
  }

  /** Forgets a host that is gone or leaving; the next request asks the pod again. */
  forget(model: ModelKey, stream: FrameStreamClient): void {
    const key = keyOf(model);
    const known = this.hosts.get(key);
    void known?.then(
      (other) => {
        if (other === stream && this.hosts.get(key) === known) this.hosts.delete(key);
      },
      () => undefined,
    );
    stream.retire();
  }

  close(): void {
    this.watching.close();
    this.client.close();
    for (const host of this.hosts.values()) {
      host.then(
        (stream) => {
          stream.close();
        },
        () => undefined,
      );
    }
  }

  private async connect(model: ModelKey): Promise<FrameStreamClient> {
    // The pod bounds the loading itself; the requests that wait leave by their own deadlines.
    const address = await this.client.ensure(model, { deadlineMs: 600_000 });
    const stream = new FrameStreamClient({
      address,
      method: MODEL_HOST_INFER,
      maxInFlight: this.maxInFlightPerHost,
      // A host that is gone is not waited for: the pod knows what became of it.
      patienceMs: 0,
    });
    try {
      await stream.connect();
    } catch (error) {
      stream.close();
      throw error;
    }
    return stream;
  }
}

/** All pods, and the one catalogue that they make together. */
export class Fleet {
  private readonly members: readonly Member[];
  private readonly listeners = new Set<() => void>();
  private merged: readonly CatalogueEntry[] = [];
  private heard = false;

  constructor(pods: readonly string[], maxInFlightPerHost: number) {
    const changed = this.changed.bind(this);
    this.members = pods.map((address) => new Member(address, maxInFlightPerHost, changed));
  }

  get catalogue(): readonly CatalogueEntry[] {
    return this.merged;
  }

  /** Whether every pod can be heard: only then is what is not in the catalogue not there. */
  get complete(): boolean {
    return this.members.every((member) => member.reachable);
  }

  /** Whether any pod was ever heard: before, an empty catalogue says nothing. */
  get known(): boolean {
    return this.heard;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  /** Where this very model, by its digest, could be served. */
  replicas(model: CatalogueEntry): ModelReplica[] {
    return this.members
      .filter((member) => member.find(model)?.digest === model.digest)
      .map((member) => ({
        member,
        pod: member.address,
        reachable: member.reachable,
        loaded: member.has(model),
        inFlight: member.inFlight,
      }));
  }

  close(): void {
    for (const member of this.members) member.close();
  }

  private changed(): void {
    this.heard ||= this.members.some((member) => member.reachable);
    this.merged = mergeCatalogues(this.members.map(({ models }) => models));
    for (const listener of [...this.listeners]) listener();
  }
}

const RANK = { ready: 4, loading: 3, cold: 2, unloaded: 1, broken: 0 } as const satisfies Record<
  CatalogueEntry['state'],
  number
>;

/** One entry a version, in the best state that a pod has it in. */
export function mergeCatalogues(catalogues: readonly (readonly CatalogueEntry[])[]): CatalogueEntry[] {
  const merged = new Map<string, CatalogueEntry>();
  for (const entry of catalogues.flat()) {
    const known = merged.get(keyOf(entry));
    if (!known || RANK[entry.state] > RANK[known.state]) merged.set(keyOf(entry), entry);
  }
  return [...merged.values()].sort((a, b) =>
    a.name === b.name ? Number(a.version) - Number(b.version) : a.name < b.name ? -1 : 1,
  );
}
