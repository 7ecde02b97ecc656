import type { AssociateAccept, AssociateRequest } from './associate';
import { PDU, PDU_HEAD_BYTES, PDV_HEAD_BYTES } from './pdu-types';
import { ABORT_REASON, ProtocolFault } from './protocol-fault';
import { readAssociateAccept, readAssociateRequest } from './read-associate';

/** A piece of a presentation data value, as it came: a value that came in several pieces is several fragments. */
export interface Fragment {
  readonly kind: 'fragment';
  readonly contextId: number;
  readonly isCommand: boolean;
  /** With it the command set or the data set is complete. */
  readonly isLast: boolean;
  /** Shared with what was read from the socket. */
  readonly bytes: Buffer;
}

export type PduEvent =
  | Fragment
  | { readonly kind: 'associate-request'; readonly request: AssociateRequest }
  | { readonly kind: 'associate-accept'; readonly accept: AssociateAccept }
  | { readonly kind: 'associate-reject'; readonly result: number; readonly source: number; readonly reason: number }
  | { readonly kind: 'release-request' }
  | { readonly kind: 'release-response' }
  | { readonly kind: 'abort'; readonly source: number; readonly reason: number };

/** 128 contexts with every transfer syntax there is fit in half of it. */
const MAX_ASSOCIATE_BYTES = 256 * 1024;
/** Reject, release and abort have four bytes; a peer that says more means something else. */
const SHORT_PDU_BYTES = 4;
/** Some writers do not count the heads of the values towards the limit. */
const SLACK_BYTES = 64;

/**
 * Reads PDUs from a stream of bytes (PS3.8 9.3). Values of P-DATA-TF are handed on as they come and never gathered; of all other
 * PDUs at most 256 KiB are kept. A length past its limit is refused when it is read, not when its bytes have come.
 */
export class PduReader {
  /** The beginning of a head, or of a PDU that is kept whole: joined once, when all of it is there. */
  private kept: Buffer[] = [];
  private keptBytes = 0;
  private type = 0;
  /** Of the PDU that is being read: bytes still to come. */
  private pduLeft = 0;
  private value: { readonly contextId: number; readonly control: number; left: number } | undefined;
  private state: 'pdu-head' | 'pdu-body' | 'value-head' | 'value' = 'pdu-head';

  constructor(private readonly maxPduBytes: number) {}

  /** @throws ProtocolFault at the first byte that cannot be right */
  *read(chunk: Buffer): Generator<PduEvent> {
    if (this.keptBytes + chunk.length < this.needed()) {
      this.keep(chunk);
      return;
    }
    const rest = this.keptBytes === 0 ? chunk : Buffer.concat([...this.kept, chunk]);
    this.kept = [];
    this.keptBytes = 0;
    let at = 0;
    for (;;) {
      const needed = this.needed();
      if (rest.length - at < needed) {
        this.keep(rest.subarray(at));
        return;
      }
      switch (this.state) {
        case 'pdu-head':
          this.readHead(rest.readUInt8(at), rest.readUInt32BE(at + 2));
          at += needed;
          break;
        case 'pdu-body':
          this.state = 'pdu-head';
          at += needed;
          yield this.readBody(rest.subarray(at - needed, at));
          break;
        case 'value-head':
          this.readValueHead(rest.readUInt32BE(at), rest.readUInt8(at + 4), rest.readUInt8(at + 5));
          at += needed;
          if (this.value?.left === 0) yield this.piece(Buffer.alloc(0));
          break;
        case 'value': {
          const end = Math.min(rest.length, at + (this.value?.left ?? 0));
          const bytes = rest.subarray(at, end);
          at = end;
          yield this.piece(bytes);
          break;
        }
      }
    }
  }

  /** Copied, so that a few bytes do not hold on to all that was read with them. */
  private keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.kept.push(Buffer.from(bytes));
    this.keptBytes += bytes.length;
  }

  /** How many bytes have to be there before the next step. */
  private needed(): number {
    switch (this.state) {
      case 'pdu-head':
        return PDU_HEAD_BYTES;
      case 'pdu-body':
        return this.pduLeft;
      case 'value-head':
        return PDV_HEAD_BYTES;
      case 'value':
        return 1;
    }
  }

  private readHead(type: number, length: number): void {
    this.type = type;
    this.pduLeft = length;
    switch (type) {
      case PDU.data:
        if (length > this.maxPduBytes + SLACK_BYTES) throw tooLong();
        if (length < PDV_HEAD_BYTES) throw invalid('a P-DATA-TF without a value');
        this.state = 'value-head';
        return;
      case PDU.associateRequest:
      case PDU.associateAccept:
        if (length > MAX_ASSOCIATE_BYTES) throw tooLong();
        break;
      case PDU.associateReject:
      case PDU.releaseRequest:
      case PDU.releaseResponse:
      case PDU.abort:
        if (length !== SHORT_PDU_BYTES) throw invalid('a short PDU of another length');
        break;
      default:
        throw new ProtocolFault('a PDU of an unknown type', ABORT_REASON.unrecognizedPdu);
    }
    this.state = 'pdu-body';
  }

  private readBody(content: Buffer): PduEvent {
    const byte = (index: number): number => content[index] ?? 0;
    switch (this.type) {
      case PDU.associateRequest:
        return { kind: 'associate-request', request: readAssociateRequest(content) };
      case PDU.associateAccept:
        return { kind: 'associate-accept', accept: readAssociateAccept(content) };
      case PDU.associateReject:
        return { kind: 'associate-reject', result: byte(1), source: byte(2), reason: byte(3) };
      case PDU.releaseRequest:
        return { kind: 'release-request' };
      case PDU.releaseResponse:
        return { kind: 'release-response' };
      default:
        return { kind: 'abort', source: byte(2), reason: byte(3) };
    }
  }

  private readValueHead(length: number, contextId: number, control: number): void {
    if (length < 2 || length + 4 > this.pduLeft) throw invalid('a value that does not fit its PDU');
    this.pduLeft -= length + 4;
    this.value = { contextId, control, left: length - 2 };
    this.state = 'value';
  }

  private piece(bytes: Buffer): Fragment {
    const { value } = this;
    if (value === undefined) throw invalid('a value without a head');
    value.left -= bytes.length;
    const isWhole = value.left === 0;
    if (isWhole) this.endOfValue();
    return {
      kind: 'fragment',
      contextId: value.contextId,
      isCommand: (value.control & 1) === 1,
      isLast: isWhole && (value.control & 2) === 2,
      bytes,
    };
  }

  private endOfValue(): void {
    this.value = undefined;
    if (this.pduLeft === 0) {
      this.state = 'pdu-head';
      return;
    }
    if (this.pduLeft < PDV_HEAD_BYTES) throw invalid('bytes behind the last value of a PDU');
    this.state = 'value-head';
  }
}

const invalid = (what: string): ProtocolFault => new ProtocolFault(what, ABORT_REASON.invalidParameter);

const tooLong = (): ProtocolFault => invalid('a PDU that is longer than any that was agreed on');
