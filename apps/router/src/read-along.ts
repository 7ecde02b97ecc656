import { peekFrame, type IncomingRequest } from '@medserve/rpc';

/** What left of an answer before it was whole, in one try with one replica. */
export class ReadAlong {
  /** From sending to the first part of the answer, in milliseconds; absent: none has left. */
  firstPartMs: number | undefined;

  constructor(
    private readonly request: Pick<IncomingRequest, 'routing' | 'forward'>,
    readonly sentAtMs: number,
  ) {}

  /** Whether its reader has some of the answer, so that no other can take its place. */
  get hasBegun(): boolean {
    return this.firstPartMs !== undefined;
  }

  /** Progress or a part of the answer, as it came. */
  forward(frame: Buffer, nowMs: number): void {
    if (this.firstPartMs === undefined && peekFrame(frame).kind === 'delta') this.firstPartMs = nowMs - this.sentAtMs;
    this.request.forward(frame);
  }

  /** How long its reader has waited for the beginning in vain; 0: it has begun, or nobody reads along, so that nobody knows. */
  silentMs(nowMs: number): number {
    return this.hasBegun || !this.request.routing.wantsDeltas ? 0 : nowMs - this.sentAtMs;
  }
}
