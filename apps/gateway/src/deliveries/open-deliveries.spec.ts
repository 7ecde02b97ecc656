import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDestinations } from '@medserve/delivery';
import { CertificateAuthority } from '@medserve/security';
import { Deliveries } from './open-deliveries';

describe('the destinations of a gateway', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medserve-destinations-'));
  let authority: string;
  beforeAll(async () => {
    authority = (await CertificateAuthority.create('a hospital', 1)).certificate;
    writeFileSync(join(folder, 'ca.pem'), authority);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const deliveries = (): Deliveries =>
    new Deliveries(
      { wake: () => undefined, insist: () => undefined, close: () => Promise.resolve() },
      readDestinations(
        JSON.stringify([
          {
            name: 'PACS',
            kind: 'dicom',
            aet: 'PACS',
            host: 'pacs.local',
            port: 2762,
            tls: { caFile: 'ca.pem', serverName: 'pacs' },
          },
          { name: 'ARCHIVE', kind: 'dicom', aet: 'ARCHIVE', host: 'archive.local', port: 104 },
          { name: 'NORTH', kind: 'dicom', tenant: 'north', aet: 'NORTH', host: 'north.local', port: 104 },
        ]),
        'a test',
      ).map((settings) => ({ settings, folder })),
    );

  it('are reached by C-MOVE as results are sent to them: with TLS where they want it', () => {
    expect(deliveries().nodeOf('home', 'PACS')).toEqual({
      aet: 'PACS',
      host: 'pacs.local',
      port: 2762,
      tls: { ca: authority, servername: 'pacs' },
    });
    expect(deliveries().nodeOf('home', 'ARCHIVE')).toEqual({ aet: 'ARCHIVE', host: 'archive.local', port: 104 });
  });

  it('are nobody to another tenant', () => {
    expect(deliveries().nodeOf('home', 'NORTH')).toBeUndefined();
    expect(deliveries().targetsOf('home', 'all')).toEqual(['PACS', 'ARCHIVE']);
    expect(deliveries().targetsOf('north', ['PACS', 'NORTH'])).toEqual(['NORTH']);
  });

  it('keep the name of one that there is not, so that what was meant for it is not taken for sent', () => {
    expect(deliveries().targetsOf('home', ['PACS', 'PACS2'])).toEqual(['PACS', 'PACS2']);
  });
});
