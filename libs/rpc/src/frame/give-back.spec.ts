import { giveBack } from './give-back';

describe('giveBack', () => {
  it('leaves nothing of a large message, for whoever still looks at a part of it', () => {
    const message = Buffer.allocUnsafeSlow(1 << 20);
    const tensor = message.subarray(64);
    giveBack(tensor);
    expect([message.byteLength, tensor.byteLength, message.buffer.byteLength]).toEqual([0, 0, 0]);
    expect(() => {
      giveBack(message);
    }).not.toThrow();
  });

  it('leaves small ones alone, which may share their memory', () => {
    const message = Buffer.from('small');
    giveBack(message);
    expect(message.toString()).toBe('small');
  });
});
