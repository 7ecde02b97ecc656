import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { broken } from '../../broken';

const WINDOW_BYTES = 1 << 16;
/** Fields of one file that are looked at; a graph of a hundred thousand nodes has some two million. */
const MAX_FIELDS = 8_000_000;
const MAX_TEXT_BYTES = 4_096;

const damaged = (): Error => broken('The file is no ONNX model, or it is damaged.');

/** A field of a protobuf message: a number, or a place in the file. */
export interface WireField {
  readonly number: number;
  /** Of a varint; 0 for the others. */
  readonly value: number;
  /** Where the content of a field with a length lies; both 0 for the others. */
  readonly start: number;
  readonly end: number;
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/**
 * Reads protobuf's wire format out of a file of any size through a small window: weights are stepped over, not read.
 * Synchronous, as a model's description is a few kilobytes; bounded in the number of fields.
 */
export class WireFile {
  readonly size: number;
  private readonly descriptor: number;
  private window = Buffer.alloc(0);
  private windowStart = 0;
  private position = 0;
  private fields = 0;

  constructor(path: string) {
    this.descriptor = openSync(path, 'r');
    this.size = fstatSync(this.descriptor).size;
  }

  close(): void {
    closeSync(this.descriptor);
  }

  /** The fields between two places. @throws ServingError `model_broken` when they are none */
  *message(start: number, end: number): Generator<WireField> {
    this.position = start;
    while (this.position < end) {
      this.fields += 1;
      if (this.fields > MAX_FIELDS) throw broken('The graph of the model is larger than is read here.');
      const field = this.field(end);
      const next = this.position;
      yield field;
      // Whoever took the field may have looked into it.
      this.position = next;
    }
  }

  text({ start, end }: WireField): string {
    if (end - start > MAX_TEXT_BYTES) throw broken('A name in the model is longer than is read here.');
    return this.bytes(start, end - start).toString('utf8');
  }

  private field(end: number): WireField {
    const key = this.varint();
    const number = Math.floor(key / 8);
    if (number === 0) throw damaged();
    switch (key % 8) {
      case VARINT:
        return { number, value: this.varint(), start: 0, end: 0 };
      case FIXED64:
        return this.skip(number, 8, end);
      case LENGTH:
        return this.skip(number, this.varint(), end);
      case FIXED32:
        return this.skip(number, 4, end);
      default:
        throw damaged();
    }
  }

  private skip(number: number, length: number, limit: number): WireField {
    const start = this.position;
    const end = start + length;
    if (length < 0 || end > limit) throw damaged();
    this.position = end;
    return { number, value: 0, start, end };
  }

  /** Two's complement in 64 bits; exact up to 2^53, which is more than any size that is believed here. */
  private varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10; count += 1) {
      const byte = this.byte();
      // The tenth byte is the sign.
      value += count === 9 ? -(2 ** 63) * (byte & 1) : (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    throw damaged();
  }

  private byte(): number {
    const at = this.position - this.windowStart;
    const byte = this.window[at] ?? this.bytes(this.position, 1)[0];
    if (byte === undefined) throw damaged();
    this.position += 1;
    return byte;
  }

  private bytes(position: number, length: number): Buffer {
    const at = position - this.windowStart;
    if (at < 0 || at + length > this.window.byteLength) {
      if (position + length > this.size) throw damaged();
      const window = Buffer.allocUnsafe(Math.min(WINDOW_BYTES, this.size - position));
      const read = readSync(this.descriptor, window, 0, window.byteLength, position);
      if (read < length) throw damaged();
      this.window = window.subarray(0, read);
      this.windowStart = position;
      return this.window.subarray(0, length);
    }
    return this.window.subarray(at, at + length);
  }
}
