import { EventEmitter } from 'node:events';
import { isClosedOutput, outliveReader } from './closed-output';

const brokenPipe = () => Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' });

describe('an output that its reader has closed', () => {
  it('ends nothing, and is told as such', () => {
    const output = new EventEmitter();
    let closed = 0;
    outliveReader(output, () => {
      closed += 1;
    });
    output.emit('error', brokenPipe());
    expect(closed).toBe(1);
    expect(isClosedOutput(brokenPipe())).toBe(true);
  });

  it('is no disk that is full', () => {
    const full = Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' });
    const output = new EventEmitter();
    outliveReader(output, () => undefined);
    expect(() => output.emit('error', full)).toThrow(full);
    expect(isClosedOutput(full)).toBe(false);
  });
});
