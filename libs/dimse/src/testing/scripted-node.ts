import type {
  Admission,
  Matched,
  Moved,
  MoveRequest,
  NodeHandler,
  Outcome,
  QueryRequest,
  StoreRequest,
  StoreSink,
} from '../server/handler';

/** What came of one C-STORE. */
export interface Received {
  readonly request: StoreRequest;
  readonly chunks: Buffer[];
  state: 'coming' | 'ended' | 'aborted';
}

/** A node for specs: remembers what it is sent, and does what the spec says. */
export class ScriptedNode implements NodeHandler {
  readonly received: Received[] = [];
  readonly queries: QueryRequest[] = [];
  readonly ends: ('released' | 'aborted')[] = [];
  admission: Admission = { kind: 'accepted' };
  onStore: (request: StoreRequest) => void | Promise<void> = () => undefined;
  onWrite: (chunk: Buffer) => void | Promise<void> = () => undefined;
  onEnd: () => Outcome | Promise<Outcome> = () => ({ status: 0 });
  matches: (request: QueryRequest) => AsyncIterable<Buffer> = none;
  hasUnsupportedKeys = false;
  moves: (request: MoveRequest) => AsyncIterable<Moved> = none;
  private readonly waiting: { readonly isThere: () => boolean; readonly resolve: () => void }[] = [];

  admit(): Admission {
    return this.admission;
  }

  async store(request: StoreRequest): Promise<StoreSink> {
    await this.onStore(request);
    const received: Received = { request, chunks: [], state: 'coming' };
    this.received.push(received);
    this.look();
    return {
      write: (chunk) => {
        received.chunks.push(Buffer.from(chunk));
        this.look();
        return this.onWrite(chunk);
      },
      end: async () => {
        received.state = 'ended';
        this.look();
        return this.onEnd();
      },
      abort: () => {
        received.state = 'aborted';
        this.look();
      },
    };
  }

  async *find(request: QueryRequest): AsyncGenerator<Matched> {
    this.queries.push(request);
    this.look();
    const { hasUnsupportedKeys } = this;
    for await (const identifier of this.matches(request)) yield { identifier, hasUnsupportedKeys };
  }

  move(request: MoveRequest): AsyncIterable<Moved> {
    this.queries.push(request);
    return this.moves(request);
  }

  ended(_association: string, how: 'released' | 'aborted'): void {
    this.ends.push(how);
    this.look();
  }

  /** Resolves when something is so, which it becomes by a call to this node. */
  until(isThere: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push({ isThere, resolve });
      this.look();
    });
  }

  private look(): void {
    for (const { isThere, resolve } of this.waiting) if (isThere()) resolve();
  }
}

const none = (): AsyncGenerator<never> => streamOf<never>();

/** Items as they would come from a query; an error among them is thrown when its turn comes. */
export async function* streamOf<T>(...items: (T | Error)[]): AsyncGenerator<T> {
  for (const item of items) {
    await Promise.resolve();
    if (item instanceof Error) throw item;
    yield item;
  }
}
