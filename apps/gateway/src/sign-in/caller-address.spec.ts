import { callerAddress } from './caller-address';

const from = (forwarded?: string | string[]): string =>
  callerAddress({ ip: '10.0.0.1', headers: { 'x-forwarded-for': forwarded } });

describe('where an attempt came from', () => {
  it('is the address of the connection', () => {
    expect(from()).toBe('10.0.0.1');
    expect(from('')).toBe('10.0.0.1');
  });

  it('is told by the proxy of the connection, whatever stood in the header before', () => {
    expect(from('192.0.2.7')).not.toBe(from('192.0.2.8'));
    expect(from('made up, 192.0.2.7')).toBe(from('192.0.2.7'));
    expect(from(['made up', '192.0.2.7'])).toBe(from('192.0.2.7'));
  });

  it('is short, whatever is sent', () => {
    expect(from('x'.repeat(10_000)).length).toBeLessThan(100);
  });
});
