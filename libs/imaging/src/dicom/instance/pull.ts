import { notUnderstood } from './instance-fault';

/**
 * What a parser wants next of its input: `bytes` of it, all there; the next `bytes` passed over unseen; or up to `bytes` of what is
 * left, fewer only at the end.
 */
export interface Want {
  readonly how: 'take' | 'skip' | 'up-to';
  readonly bytes: number;
}

/** A parser of something that comes in pieces: it asks for bytes as if all of them were there. */
export type Parser<T> = Generator<Want, T, Buffer>;

const NONE = Buffer.alloc(0);

/**
 * Feeds a parser with an input as it comes. Keeps no more of it than the parser asks for at once, so an instance of gigabytes is
 * read in the memory that its header takes.
 */
export class Pull<T> {
  private held: Buffer = NONE;
  /** What came behind `held`: joined with it once there is as much as the parser wants, so that crumbs are not copied again and again. */
  private crumbs: Buffer[] = [];
  private crumbBytes = 0;
  private want: Want | undefined;
  private parsed: { readonly value: T } | undefined;
  /** Bytes handed to the parser or passed over. */
  position = 0;

  constructor(private readonly parser: Parser<T>) {
    this.advance(parser.next());
  }

  /** Whether the parser is done: what comes further is not its own. */
  private get isDone(): boolean {
    return this.parsed !== undefined;
  }

  /** @throws what the parser throws */
  push(chunk: Buffer): void {
    if (this.isDone) return;
    this.crumbs.push(chunk);
    this.crumbBytes += chunk.length;
    if (this.want?.how !== 'skip' && this.held.length + this.crumbBytes < (this.want?.bytes ?? 0)) return;
    this.join();
    while (this.want !== undefined && this.serve(this.want));
  }

  /** The input is over. @throws what the parser throws; InstanceFault where it wants more than came */
  end(): T {
    this.join();
    while (this.want !== undefined) {
      if (this.serve(this.want)) continue;
      if (this.want.how !== 'up-to') throw notUnderstood('cut short');
      this.hand(this.held.length);
    }
    if (this.parsed === undefined) throw notUnderstood('cut short');
    return this.parsed.value;
  }

  private join(): void {
    const [only] = this.crumbs;
    const isOne = this.held.length === 0 && this.crumbs.length === 1;
    this.held = isOne && only !== undefined ? only : Buffer.concat([this.held, ...this.crumbs]);
    this.crumbs = [];
    this.crumbBytes = 0;
  }

  /** Returns false where more of the input is needed. */
  private serve(want: Want): boolean {
    if (want.how === 'skip') {
      const passed = Math.min(want.bytes, this.held.length);
      this.held = this.held.subarray(passed);
      this.position += passed;
      if (passed < want.bytes) {
        this.want = { how: 'skip', bytes: want.bytes - passed };
        return false;
      }
      this.advance(this.parser.next(NONE));
      return true;
    }
    if (this.held.length < want.bytes) return false;
    this.hand(want.bytes);
    return true;
  }

  private hand(bytes: number): void {
    const taken = this.held.subarray(0, bytes);
    this.held = this.held.subarray(bytes);
    this.position += bytes;
    this.advance(this.parser.next(taken));
  }

  private advance(step: IteratorResult<Want, T>): void {
    this.want = step.done === true ? undefined : step.value;
    if (step.done === true) this.parsed = { value: step.value };
  }
}
