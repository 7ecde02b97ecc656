import { createServer } from 'node:net';
import type { Voice } from '../output/say';
import {
  aeAddress,
  allowedAet,
  dicomPort,
  dicomVariables,
  hostAndPort,
  USUAL_DICOM_PORT,
  type DicomOptions,
} from './dicom-options';
import { isFree } from './ports';

const options = (more: Partial<DicomOptions> = {}): DicomOptions => ({
  port: undefined,
  nodes: [],
  hl7: [],
  allowed: [],
  routes: [],
  file: undefined,
  ...more,
});

describe('the options about DICOM', () => {
  it('name nodes as AET=host:port', () => {
    expect(aeAddress('PACS=pacs.local:104')).toEqual({ aet: 'PACS', host: 'pacs.local', port: 104 });
    expect(aeAddress('MY PACS=[::1]:104')).toEqual({ aet: 'MY PACS', host: '::1', port: 104 });
    expect(hostAndPort('10.0.0.1:2575')).toEqual({ host: '10.0.0.1', port: 2_575 });
  });

  it.each(['PACS', '=h:1', 'PACS=h', 'PACS=h:0', 'PACS=h:65536', 'PACS=h/x:1', `${'A'.repeat(17)}=h:1`])(
    'refuse a node "%s"',
    (text) => {
      expect(() => aeAddress(text)).toThrow();
    },
  );

  it.each(['', '   ', 'A\\B', 'A'.repeat(17)])('refuse the title "%s"', (title) => {
    expect(() => allowedAet(title)).toThrow('has to be an AE title');
  });

  it('become destinations with names of their own, the file first', () => {
    const nodes = [aeAddress('MY PACS=pacs:104')];
    const { MEDSERVE_DESTINATIONS: said } = dicomVariables(
      options({ nodes, hl7: [hostAndPort('ris:2575')], file: '/d.yaml' }),
    );
    expect(JSON.parse(said ?? '')).toEqual([
      'file:/d.yaml',
      { name: 'MY_PACS', kind: 'dicom', aet: 'MY PACS', host: 'pacs', port: 104 },
      { name: 'hl7-ris-2575', kind: 'hl7', host: 'ris', port: 2_575 },
    ]);
  });

  it('leave to the environment what they do not say', () => {
    const said = dicomVariables(options());
    expect(Object.keys(said)).toEqual(['MEDSERVE_ROUTES']);
    expect(dicomVariables(options({ allowed: ['CT1'] }))).toMatchObject({ MEDSERVE_DIMSE_PEERS: '[{"aet":"CT1"}]' });
  });

  it('add folders of routes to those that come with the platform', () => {
    const { MEDSERVE_ROUTES: folders } = dicomVariables(options({ routes: ['/mine'] }));
    expect(folders?.split(':')).toEqual([expect.stringMatching(/routes$/), '/mine']);
  });
});

describe('the port of the DICOM node', () => {
  const said: string[] = [];
  const voice = { say: (text: string) => said.push(text) } as unknown as Voice;

  it('is any other, and it is said, where nobody asked for the usual one and that is taken', async () => {
    const server = createServer();
    // Another platform of this machine may have it: then it is taken as well.
    if (await isFree(USUAL_DICOM_PORT))
      await new Promise<void>((go) => server.listen(USUAL_DICOM_PORT, '127.0.0.1', go));
    expect(await dicomPort(options(), voice)).toBe(0);
    expect(said).toEqual([expect.stringContaining('port 11112 is taken')]);
    if (server.listening) await new Promise((go) => server.close(go));
  });

  it('is refused where it was asked for and is taken', async () => {
    const server = createServer();
    await new Promise<void>((go) => server.listen(0, '127.0.0.1', go));
    const { port } = server.address() as { port: number };
    await expect(dicomPort(options({ port }), voice)).rejects.toThrow('choose another with --dicom-port');
    await new Promise((go) => server.close(go));
    expect(await dicomPort(options({ port: 0 }), voice)).toBe(0);
  });
});
