import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PasswordFile, saslOf } from './kafka-login';

describe('the login at a broker', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'medserve-kafka-login-'));
    path = join(folder, 'password');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(['a b=c,"d"', 'a b=c,"d"\n', 'a b=c,"d"\r\n'])(
    'takes the password from the file as it stands: %j',
    (text) => {
      writeFileSync(path, text);
      expect(PasswordFile.open(path).latest).toBe('a b=c,"d"');
    },
  );

  it.each(['', '\n'])('is refused with a file that holds no password: %j', (text) => {
    writeFileSync(path, text);
    expect(() => PasswordFile.open(path)).toThrow('the file holds no password');
  });

  it('is refused without the file', () => {
    expect(() => PasswordFile.open(path)).toThrow('no such file');
  });

  it('is done with the password that the file holds at that time, or held last', () => {
    writeFileSync(path, 'one');
    const sasl = saslOf({ mechanism: 'scram-sha-512', user: 'recorder', password: PasswordFile.open(path) });
    expect(sasl).toMatchObject({ mechanism: 'scram-sha-512', username: 'recorder', password: 'one' });
    writeFileSync(path, 'two');
    expect(sasl).toMatchObject({ password: 'two' });
    writeFileSync(path, '');
    expect(sasl).toMatchObject({ password: 'two' });
    rmSync(path);
    expect(sasl).toMatchObject({ password: 'two' });
  });
});
