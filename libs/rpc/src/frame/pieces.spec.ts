import { FramePayload } from './frame-payload';
import { piecesOf } from './pieces';

const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

describe('the pieces of a message', () => {
  it('are its prefix and then its bytes, the large parts where they were', () => {
    const large = bytes(20_000, 2);
    const parts = [bytes(3, 1), large, bytes(4, 3), bytes(5, 4)];
    const message = new FramePayload(parts);
    const pieces = piecesOf(message);
    expect(pieces[1]).toBe(large);
    expect(pieces.map(({ byteLength }) => byteLength)).toEqual([5 + 3, 20_000, 4 + 5]);
    const prefix = Buffer.from([0, 0, 0, 0, 0]);
    prefix.writeUInt32BE(20_012, 1);
    expect(Buffer.concat(pieces).equals(Buffer.concat([prefix, message.toBuffer()]))).toBe(true);
  });

  it('are one when every part is small', () => {
    expect(piecesOf(new FramePayload([bytes(3, 1), bytes(4, 2)]))).toEqual([
      Buffer.from([0, 0, 0, 0, 7, 1, 1, 1, 2, 2, 2, 2]),
    ]);
  });

  it('are the prefix and a message that came as one buffer', () => {
    const message = Buffer.alloc(20_000);
    expect(piecesOf(message)).toEqual([Buffer.from([0, 0, 0, 0x4e, 0x20]), message]);
  });
});
