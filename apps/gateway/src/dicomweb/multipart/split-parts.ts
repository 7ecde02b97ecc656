import { ServingError } from '@medserve/errors';
import { Pieces } from './pieces';

/** One part of a multipart body. */
export interface Part {
  /** In lower case, without parameters; absent where the part names none. */
  readonly mediaType: string | undefined;
  readonly bytes: Buffer;
}

export interface SplitLimits {
  /** Of one part, in bytes. */
  readonly partBytes: number;
  readonly parts: number;
  /** Of the header of one part, and of what stands before the first, in bytes. */
  readonly headerBytes: number;
}

/** What stands behind a boundary on its line: the end of all parts, or the end of the line. `end` is behind it. */
interface Delimiter {
  readonly isLast: boolean;
  readonly end: number;
  readonly newline: string;
}

/** Spaces that may follow a boundary on its line (RFC 2046, section 5.1.1). */
const MAX_PADDING = 64;

const [TAB, LF, CR, SPACE, DASH] = [0x09, 0x0a, 0x0d, 0x20, 0x2d];

/**
 * Splits a multipart body (RFC 2046, section 5.1) that arrives in pieces of any size. Lines end by CRLF, or by LF alone where the
 * first boundary's line does: then a CR before a boundary belongs to the part. Holds one part at a time.
 */
export class PartSplitter {
  private state: 'preamble' | 'header' | 'body' | 'epilogue' = 'preamble';
  /** What came and has no place yet. In a body it begins with the line end of the blank line, which may be a boundary's too. */
  private pending: Buffer = Buffer.alloc(0);
  private readonly held = new Pieces();
  private heldBytes = 0;
  private mediaType: string | undefined;
  private count = 0;
  private newline = '\r\n';

  constructor(
    private readonly boundary: string,
    private readonly limits: SplitLimits,
  ) {}

  /** Bytes that are held of what is not whole yet. */
  get waitingBytes(): number {
    return this.heldBytes + this.pending.length;
  }

  /**
   * @returns the parts that are whole now
   * @throws ServingError `invalid_request` for what is no multipart body; `too_large` past a limit
   */
  push(chunk: Buffer): Part[] {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    const found: Part[] = [];
    while (this.step(found));
    return found;
  }

  /**
   * To be called at the end of the body.
   *
   * @returns whether it ended inside of a part, which is lost
   * @throws ServingError `invalid_request` where the boundary never came
   */
  end(): boolean {
    if (this.state === 'preamble') throw malformed('The body has no part: its boundary never comes.');
    return this.state !== 'epilogue';
  }

  /** @returns whether there may be more to do */
  private step(found: Part[]): boolean {
    switch (this.state) {
      case 'preamble':
        return this.skipPreamble();
      case 'header':
        return this.readHeader();
      case 'body':
        return this.readBody(found);
      case 'epilogue':
        this.pending = Buffer.alloc(0);
        return false;
    }
  }

  private skipPreamble(): boolean {
    const mark = `--${this.boundary}`;
    for (let at = this.find(mark, 0); at >= 0; at = this.find(mark, at + 1)) {
      if (at > 0 && this.pending[at - 1] !== LF) continue;
      const delimiter = this.delimiterAt(at + mark.length);
      if (delimiter === 'unfinished') return false;
      if (delimiter === undefined) continue;
      this.newline = delimiter.newline;
      this.begin(delimiter);
      return true;
    }
    if (this.pending.length > this.limits.headerBytes) throw malformed('The body does not begin with its boundary.');
    return false;
  }

  private readHeader(): boolean {
    const { newline } = this;
    const { headerBytes } = this.limits;
    const isEmpty = this.pending.toString('latin1', 0, newline.length) === newline;
    const end = isEmpty ? 0 : this.find(newline + newline, 0);
    if ((end < 0 ? this.pending.length : end) > headerBytes) {
      throw tooLarge('The header of a part is too large.', 'header of a part', headerBytes, 'bytes');
    }
    if (end < 0) return false;
    this.mediaType = mediaTypeIn(this.pending.toString('latin1', 0, end));
    this.pending = this.pending.subarray(isEmpty ? 0 : end + newline.length);
    this.state = 'body';
    return true;
  }

  private readBody(found: Part[]): boolean {
    const needle = `${this.newline}--${this.boundary}`;
    for (let at = this.find(needle, 0); at >= 0; at = this.find(needle, at + 1)) {
      const delimiter = this.delimiterAt(at + needle.length);
      if (delimiter === undefined) continue;
      this.keep(at);
      if (delimiter === 'unfinished') return false;
      found.push(this.finished());
      this.begin({ ...delimiter, end: delimiter.end - at });
      return true;
    }
    this.keep(Math.max(0, this.pending.length - needle.length + 1));
    return false;
  }

  private find(text: string, from: number): number {
    return this.pending.indexOf(text, from, 'latin1');
  }

  /** @returns undefined where the line goes on: what was found is no boundary */
  private delimiterAt(from: number): Delimiter | 'unfinished' | undefined {
    const { pending, newline } = this;
    if (pending[from] === DASH) {
      if (from + 1 >= pending.length) return 'unfinished';
      return pending[from + 1] === DASH ? { isLast: true, end: from + 2, newline } : undefined;
    }
    let at = from;
    while (at < from + MAX_PADDING && (pending[at] === SPACE || pending[at] === TAB)) at += 1;
    const hasCr = pending[at] === CR;
    if (hasCr) at += 1;
    if (at >= pending.length) return 'unfinished';
    return pending[at] === LF ? { isLast: false, end: at + 1, newline: hasCr ? '\r\n' : '\n' } : undefined;
  }

  private begin({ isLast, end }: Delimiter): void {
    this.pending = this.pending.subarray(end);
    this.state = isLast ? 'epilogue' : 'header';
    if (isLast) return;
    this.count += 1;
    if (this.count > this.limits.parts) {
      throw tooLarge('The body has too many parts.', 'parts', this.limits.parts, 'parts');
    }
  }

  /** So many bytes belong to the part. */
  private keep(bytes: number): void {
    if (bytes === 0) return;
    this.held.add(this.pending.subarray(0, bytes));
    this.heldBytes += bytes;
    this.pending = this.pending.subarray(bytes);
    const { partBytes } = this.limits;
    if (this.heldBytes - this.newline.length > partBytes) {
      throw tooLarge('A part of the body is too large.', 'part', partBytes, 'bytes');
    }
  }

  private finished(): Part {
    const bytes = this.held.take().subarray(this.newline.length);
    this.heldBytes = 0;
    return { mediaType: this.mediaType, bytes };
  }
}

/** @param header the lines before the blank one */
function mediaTypeIn(header: string): string | undefined {
  const [, found] = /^content-type:[ \t]*([^;\r\n]+)/im.exec(header) ?? [];
  return found?.trim().toLowerCase();
}

const malformed = (detail: string): ServingError => new ServingError('invalid_request', detail, { field: 'body' });

const tooLarge = (detail: string, name: string, value: number, unit: string): ServingError =>
  new ServingError('too_large', detail, { limit: `${name}: ${String(value)} ${unit}` });
