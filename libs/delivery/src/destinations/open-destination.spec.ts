import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settingsOf } from '../testing/settings';
import { openDestination } from './open-destination';

describe('a destination that is opened', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medserve-secrets-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const tools = {
    aet: 'MEDSERVE',
    associate: () => Promise.reject(new Error('no')),
    baseUrl: () => undefined,
  };
  const open = (settings: ReturnType<typeof settingsOf>) => () => openDestination({ settings, folder }, tools);

  it('names the file that it cannot read', () => {
    expect(open(settingsOf('webhook', { secretFile: 'absent' }))).toThrow(
      'the destination webhook cannot be opened: the file absent cannot be read (ENOENT)',
    );
  });

  it('never says what a file holds', () => {
    writeFileSync(join(folder, 'key.pem'), 'a secret that is no key');
    const auth = { kind: 'smart-backend', tokenUrl: 'http://h/t', clientId: 'c', keyId: 'k', keyFile: 'key.pem' };
    expect(open(settingsOf('fhir', { auth }))).toThrow(/^the destination fhir cannot be opened: (?!.*a secret)/);
    expect(open(settingsOf('dicom', { tls: { caFile: 'key.pem' } }))).toThrow(
      'the file key.pem holds nothing in PEM form',
    );
  });

  it('refuses an empty secret', () => {
    writeFileSync(join(folder, 'empty'), '\n');
    expect(open(settingsOf('stow', { auth: { kind: 'bearer', tokenFile: 'empty' } }))).toThrow(
      'the file empty is empty',
    );
  });
});
