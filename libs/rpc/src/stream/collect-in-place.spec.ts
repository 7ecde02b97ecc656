import { StreamDecoder } from '@grpc/grpc-js/build/src/stream-decoder';
import { watchMessages } from '../server/announced-messages';
import './collect-in-place';

const LIMIT = 1 << 20;
const SIZES = [10, 300_000, 256 << 10, 0, 700_000, 100];

const framed = (size: number, index: number): Buffer => {
  const message = Buffer.alloc(5 + size, index + 1);
  message.writeUInt8(0, 0);
  message.writeUInt32BE(size, 1);
  return message;
};
const messages = SIZES.map(framed);

function* slices(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

describe('the pieces of a large message', () => {
  it.each([4_093, 16_384, 299_999, 2_000_000])('become the message when they come %i bytes at a time', (size) => {
    const decoder = new StreamDecoder(LIMIT);
    const read = [...slices(Buffer.concat(messages), size)].flatMap((data) => decoder.write(data));
    expect(read.map(({ byteLength }) => byteLength)).toEqual(messages.map(({ byteLength }) => byteLength));
    expect(Buffer.concat(read).equals(Buffer.concat(messages))).toBe(true);
  });

  it('are not kept', () => {
    const decoder = new StreamDecoder(LIMIT);
    const [first, second, third] = slices(framed(300_000, 0), 16_384);
    for (const data of [first, second, third]) {
      if (data) decoder.write(data);
    }
    const { readPartialMessage } = decoder as unknown as { readPartialMessage: Buffer[] };
    expect(readPartialMessage.map(({ byteLength }) => byteLength)).toEqual([300_005]);
  });

  it('are a message in memory of its own, which can be given away', () => {
    const decoder = new StreamDecoder(LIMIT);
    const [message] = [...slices(framed(300_000, 0), 16_384)].flatMap((data) => decoder.write(data));
    expect(message?.buffer.byteLength).toBe(300_005);
  });

  it.each([16_384, 299_999, 2_000_000])('are told as they come, %i bytes at a time', (size) => {
    const decoder = new StreamDecoder(LIMIT);
    const announced: number[][] = [];
    let complete = 0;
    const watch = watchMessages(
      { decoder, stream: { isPaused: () => false } },
      {
        arrived: (bytes, of) => announced.push([complete, bytes, of]),
        complete: () => {
          complete += 1;
        },
        idle: () => undefined,
        refuse: (error) => {
          throw error;
        },
      },
      60_000,
    );
    for (const data of slices(Buffer.concat(SIZES.slice(1, 3).map(framed)), size)) decoder.write(data);
    watch.end();
    expect(complete).toBe(2);
    for (const index of [0, 1]) {
      const told = announced.filter(([message]) => message === index).map(([, bytes = 0]) => bytes);
      expect(told).toEqual([...told].sort((a, b) => a - b));
      expect(told.at(-1)).toBe(5 + (SIZES[index + 1] ?? 0));
    }
  });

  it('are refused by their length before there is memory for them', () => {
    const decoder = new StreamDecoder(1_000);
    expect(() => decoder.write(framed(300_000, 0))).toThrow('larger than max');
  });
});
