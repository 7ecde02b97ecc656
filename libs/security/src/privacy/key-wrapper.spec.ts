import { randomBytes } from 'node:crypto';
import { FileKeyWrapper } from './key-wrapper';

const PLACE = { tenant: 'north', id: '01890000-0000-7000-8000-000000000001' };
const ROOT = randomBytes(32);

describe('FileKeyWrapper', () => {
  it('gives back the key that it wrapped, in every process that has the secret', async () => {
    const key = randomBytes(32);
    const wrapped = await new FileKeyWrapper(ROOT).wrap(PLACE, key);
    expect(wrapped.includes(key)).toBe(false);
    await expect(new FileKeyWrapper(ROOT).unwrap(PLACE, wrapped)).resolves.toEqual(key);
  });

  it('opens nothing in another place, with another secret, or that was changed', async () => {
    const wrapper = new FileKeyWrapper(ROOT);
    const wrapped = await wrapper.wrap(PLACE, randomBytes(32));
    const changed = Buffer.from(wrapped);
    changed[20] = (changed[20] ?? 0) ^ 1;
    await expect(wrapper.unwrap({ ...PLACE, tenant: 'south' }, wrapped)).rejects.toThrow();
    await expect(wrapper.unwrap({ ...PLACE, id: 'another' }, wrapped)).rejects.toThrow();
    await expect(new FileKeyWrapper(randomBytes(32)).unwrap(PLACE, wrapped)).rejects.toThrow();
    await expect(wrapper.unwrap(PLACE, changed)).rejects.toThrow();
    await expect(wrapper.unwrap(PLACE, wrapped.subarray(1))).rejects.toThrow(/length/);
  });
});
