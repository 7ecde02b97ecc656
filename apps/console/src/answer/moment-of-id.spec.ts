import { momentOfId } from './moment-of-id';

describe('the moment of an id', () => {
  it('is in the first 48 bits of a UUIDv7', () => {
    expect(momentOfId('01890000-0000-7000-8000-000000000001')).toBe(0x018900000000);
    expect(momentOfId('0192f0a0-12ab-7000-8000-000000000000')).toBe(0x0192f0a012ab);
  });

  it('is not known of any other', () => {
    expect(momentOfId('7f4df2f8-2a67-4f5a-9f2a-9d9d3c3f5d11')).toBeUndefined();
    expect(momentOfId('')).toBeUndefined();
  });
});
