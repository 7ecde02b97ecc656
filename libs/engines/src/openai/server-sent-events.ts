/** One event of a stream: `data` is that of all its data lines. */
export interface ServerSentEvent {
  /** `message` where the stream names none. */
  readonly event: string;
  readonly data: string;
}

/** The stream holds a line or an event that is larger than any server of models has reason to send. */
export class OversizedEventError extends Error {
  constructor() {
    super('An event of the stream is too large.');
    this.name = 'OversizedEventError';
  }
}

const LF = 0x0a;
const CR = 0x0d;

/**
 * Reads server-sent events (WHATWG HTML, 9.2.6) from bytes that may be cut anywhere: within a line end, within a character. What a
 * hostile server can make it hold is one event of `maxEventBytes`. An event without its empty line at the end never was one.
 */
export class ServerSentEvents {
  /** Of the line that has no end yet. */
  private pieces: Uint8Array[] = [];
  private lineBytes = 0;
  private data: string[] = [];
  private event = '';
  private eventBytes = 0;
  private endedWithCr = false;
  private isFirstLine = true;
  // A decoder a line: none is cut, so that no character is.
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor(private readonly maxEventBytes: number) {}

  /** @throws OversizedEventError */
  *push(bytes: Uint8Array): Generator<ServerSentEvent> {
    let from = 0;
    while (from < bytes.byteLength) {
      if (this.endedWithCr && bytes[from] === LF) from += 1;
      this.endedWithCr = false;
      const end = lineEnd(bytes, from);
      this.keep(bytes.subarray(from, end < 0 ? undefined : end));
      if (end < 0) return;
      this.endedWithCr = bytes[end] === CR;
      from = end + 1;
      const event = this.endLine();
      if (event) yield event;
    }
  }

  private keep(piece: Uint8Array): void {
    if (piece.byteLength === 0) return;
    this.lineBytes += piece.byteLength;
    if (this.lineBytes + this.eventBytes > this.maxEventBytes) throw new OversizedEventError();
    // A copy: the chunk that it is a view of would be kept whole.
    this.pieces.push(piece.slice());
  }

  private endLine(): ServerSentEvent | undefined {
    const decoded = this.decoder.decode(Buffer.concat(this.pieces));
    const line = this.isFirstLine && decoded.startsWith('\ufeff') ? decoded.slice(1) : decoded;
    const bytes = this.lineBytes;
    this.isFirstLine = false;
    this.pieces = [];
    this.lineBytes = 0;
    if (line === '') return this.endEvent();
    const [, field, value] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'data') {
      this.data.push(value ?? '');
      this.eventBytes += bytes;
    } else if (field === 'event') {
      this.event = value ?? '';
    }
    return undefined;
  }

  private endEvent(): ServerSentEvent | undefined {
    const { data, event } = this;
    this.data = [];
    this.event = '';
    this.eventBytes = 0;
    return data.length === 0 ? undefined : { event: event === '' ? 'message' : event, data: data.join('\n') };
  }
}

function lineEnd(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.byteLength; at += 1) {
    if (bytes[at] === LF || bytes[at] === CR) return at;
  }
  return -1;
}
