import { z } from 'zod';
import { loadSettings, SettingsError } from './load-settings';

const schema = z.object({ port: z.coerce.number().int().max(65_535), secret: z.string().min(8) });

describe('loadSettings', () => {
  it('gives back a frozen, typed object', () => {
    const settings = loadSettings(schema, { port: '80', secret: 'long enough' });
    expect(settings).toEqual({ port: 80, secret: 'long enough' });
    expect(Object.isFrozen(settings)).toBe(true);
  });

  it('names every mistake at once and repeats no value', () => {
    const attempt = () => loadSettings(schema, { port: '99999', secret: 'hush' });
    expect(attempt).toThrow(SettingsError);
    expect(attempt).toThrow(/port: [\s\S]*secret: /);
    expect(attempt).not.toThrow(/hush/);
  });
});
