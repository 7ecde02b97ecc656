import type { Http2Stream } from 'node:http2';
import { StreamDecoder } from '@grpc/grpc-js/build/src/stream-decoder';
import { FramePayload } from '../frame/frame-payload';
import { DirectLine } from './direct-line';

/** A stream that keeps what is written, and has room for so many bytes. */
function setUp(roomBytes = Number.POSITIVE_INFINITY) {
  const written: Uint8Array[] = [];
  const calls: string[] = [];
  const heard: string[] = [];
  const stream = {
    cork: () => calls.push('cork'),
    uncork: () => calls.push('uncork'),
    write: (bytes: Uint8Array) => {
      written.push(bytes);
      calls.push('write');
      return Buffer.concat(written).byteLength < roomBytes;
    },
  };
  const decoder = new StreamDecoder(-1);
  const line = new DirectLine({ stream: stream as unknown as Http2Stream, decoder }, (message) =>
    heard.push(message.toString()),
  );
  return { line, decoder, written, calls, heard };
}

const framed = (text: string, flag = 0): Buffer => {
  const prefix = Buffer.alloc(5, flag);
  prefix.writeUInt32BE(text.length, 1);
  return Buffer.concat([prefix, Buffer.from(text)]);
};

describe('a direct line', () => {
  it('writes a message behind its prefix, in one piece where it is small', () => {
    const { line, written } = setUp();
    expect(line.write(new FramePayload([Buffer.from('he'), Buffer.from('llo')]))).toBe(true);
    expect(written).toEqual([framed('hello')]);
  });

  it('writes a large one from where it lies, corked, and says whether there is room', () => {
    const { line, written, calls } = setUp(100_000);
    const large = new Uint8Array(200_000);
    expect(line.write(new FramePayload([Buffer.from('head'), large]))).toBe(false);
    expect(written[1]).toBe(large);
    expect(Buffer.concat(written).readUInt32BE(1)).toBe(200_004);
    expect(calls).toEqual(['cork', 'write', 'write', 'uncork']);
  });

  it('tells of every message as it comes, and leaves none to grpc-js', () => {
    const { decoder, heard } = setUp();
    const bytes = Buffer.concat([framed('one'), framed(''), framed('three')]);
    expect(decoder.write(bytes.subarray(0, 11))).toEqual([]);
    expect(heard).toEqual(['one']);
    expect(decoder.write(bytes.subarray(11))).toEqual([]);
    expect(heard).toEqual(['one', '', 'three']);
  });

  it('takes none that is compressed', () => {
    const { decoder, heard } = setUp();
    expect(() => decoder.write(framed('one', 1))).toThrow('compressed');
    expect(heard).toEqual([]);
  });
});
