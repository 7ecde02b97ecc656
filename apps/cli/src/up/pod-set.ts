import type { Child } from './child';

/** What is asked of a process. */
type Process = Pick<Child, 'start' | 'stop'>;

type PodState = 'off' | 'starting' | 'serving' | 'leaving' | 'resting';

/** One place for a pod: its ports stay the same, whichever process has it. */
interface Place {
  readonly name: string;
  readonly address: string;
  readonly environment: Readonly<Record<string, string>>;
  state: PodState;
  child: Process | undefined;
}

export interface PodPlace {
  readonly name: string;
  /** host:port */
  readonly address: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface PresentPod extends PodPlace {
  /** Whether it serves, or leaves and did. */
  readonly hasServed: boolean;
}

export interface PodSetOptions {
  /** Names of all places; a process may be begun for one before its address is known. */
  readonly names: readonly string[];
  readonly begin: (name: string) => Process;
  /** How long a pod that leaves may work on, in milliseconds. */
  readonly drainMs: number;
  /** Told of all pods that there are, whenever something changes: those that start and those that leave among them. */
  readonly onChange: (present: readonly PresentPod[]) => void;
  readonly onServing: (address: string) => void;
  /** Told when a pod could not be started. */
  readonly onFailed: (name: string, error: Error) => void;
}

const isStarting = ({ state, child }: Place, process: Process): boolean => state === 'starting' && child === process;

/** What could not be started is not tried again at once. */
const REST_MS = 5_000;

/**
 * The inference processes of one machine, which come and go with the demand. One that leaves is told to end and is known until it has:
 * it works on what it has, and says itself that nothing new is to be sent.
 */
export class PodSet {
  private readonly begun = new Map<string, Process>();
  private places: readonly Place[] = [];
  private isStopping = false;

  /** Begins the first processes; they load their code before they are told to start. */
  constructor(
    private readonly options: PodSetOptions,
    first: number,
  ) {
    for (const name of options.names.slice(0, first)) this.begun.set(name, options.begin(name));
  }

  /** Starts the pods that were begun; resolves when they serve. */
  async start(places: readonly PodPlace[]): Promise<void> {
    this.places = places.map((place) => ({ ...place, state: 'off', child: undefined }));
    const first = this.places.filter(({ name }) => this.begun.has(name));
    const started = first.map((place) => this.startAt(place));
    this.tell();
    await Promise.all(started);
  }

  /** Pods that serve or will. */
  get count(): number {
    return this.staying().length;
  }

  /** Has so many pods, no more than there are places for: those that are missing start, and the youngest places are left. */
  scaleTo(count: number): void {
    if (this.isStopping) return;
    const staying = this.staying();
    const free = this.places.filter(({ state }) => state === 'off');
    for (const place of free.slice(0, Math.max(0, count - staying.length)))
      this.startAt(place).catch((error: unknown) => {
        this.fail(place, error as Error);
      });
    for (const place of staying.slice(count)) void this.leave(place);
    if (count !== staying.length) this.tell();
  }

  /** Ends all of them, with the usual patience. */
  async stop(): Promise<void> {
    this.isStopping = true;
    const children = [...this.begun.values(), ...this.places.flatMap(({ child }) => child ?? [])];
    await Promise.all(children.map((child) => child.stop()));
  }

  private staying(): Place[] {
    return this.places.filter(({ state }) => state === 'starting' || state === 'serving');
  }

  private async startAt(place: Place): Promise<void> {
    const child = this.begun.get(place.name) ?? this.options.begin(place.name);
    this.begun.delete(place.name);
    place.child = child;
    place.state = 'starting';
    await child.start(place.environment);
    // It may have been told to leave before it served.
    if (!isStarting(place, child)) return;
    place.state = 'serving';
    this.tell();
    this.options.onServing(place.address);
  }

  private fail(place: Place, error: Error): void {
    if (place.state !== 'starting' || this.isStopping) return;
    this.options.onFailed(place.name, error);
    place.child = undefined;
    place.state = 'resting';
    this.tell();
    setTimeout(() => {
      place.state = 'off';
    }, REST_MS).unref();
  }

  private async leave(place: Place): Promise<void> {
    place.state = 'leaving';
    await place.child?.stop(this.options.drainMs);
    place.child = undefined;
    place.state = 'off';
    if (!this.isStopping) this.tell();
  }

  private tell(): void {
    const present = this.places.filter(({ child }) => child !== undefined);
    this.options.onChange(
      present.map(({ name, address, environment, state }) => ({
        name,
        address,
        environment,
        hasServed: state === 'serving' || state === 'leaving',
      })),
    );
  }
}
