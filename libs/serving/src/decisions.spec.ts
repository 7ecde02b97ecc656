import { admit } from './admission';

describe('admit', () => {
  const limits = { maxInFlight: 2, maxBytes: 100 };
  it('counts requests and bytes, and names the limit that was hit', () => {
    expect(admit({ inFlight: 1, bytes: 40 }, limits, 60)).toEqual({ kind: 'admitted' });
    expect(admit({ inFlight: 1, bytes: 40 }, limits, 61)).toEqual({ kind: 'refused', limit: 'bytes in flight: 100' });
    expect(admit({ inFlight: 2, bytes: 0 }, limits, 1)).toEqual({ kind: 'refused', limit: 'requests in flight: 2' });
  });

  it('lets one large request in when there is nothing else', () => {
    expect(admit({ inFlight: 0, bytes: 0 }, limits, 1_000)).toEqual({ kind: 'admitted' });
  });
});
