import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { associate, listen, VERIFICATION } from '@medserve/dimse';
import { readPart10Head } from '@medserve/imaging';
import { CertificateAuthority } from '@medserve/security';
import { Storescp } from '../support/dicom-peers';
import { freePort } from '../support/free-port';
import { needs } from '../support/needs';
import { Platform } from '../support/platform';
import { ctStudy } from '../support/studies';

const PROGRAMS = ['echoscu', 'storescu', 'findscu', 'movescu', 'storescp'];
const describeWithDcmtk = needs('DCMTK', () => {
  for (const program of PROGRAMS) execFileSync('which', [program], { stdio: 'pipe' });
});

const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';
const EXPLICIT = '1.2.840.10008.1.2.1';

/** Runs a program of DCMTK; its output is what it says of the association. @throws when it ends with a failure */
async function dcmtk(program: string, ...options: readonly string[]): Promise<string> {
  const done = await promisify(execFile)(program, options, {
    env: { ...process.env, TCP_NODELAY: '1' },
    timeout: 60_000,
  });
  return done.stdout + done.stderr;
}

const dataSetOf = (file: Buffer): Buffer => file.subarray(readPart10Head(file).dataSetOffset);

describeWithDcmtk('DCMTK and our upper layer', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'medserve-dcmtk-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['of 4 KB', ['--max-pdu', '4096']],
    ['of 128 KB', ['--max-pdu', '131072']],
  ])('storescp takes from us what we send, in PDUs %s, byte for byte', async (_size, options) => {
    const port = await freePort();
    const peer = await Storescp.start('PEER', port, '+B', ...options);
    try {
      const contexts = [{ abstractSyntax: CT_IMAGE, transferSyntaxes: [EXPLICIT] }];
      const association = await associate({ host: '127.0.0.1', port, callingAet: 'US', calledAet: 'PEER', contexts });
      const sent = ctStudy(3).slices.map(dataSetOf);
      for (const [at, dataSet] of sent.entries()) {
        const sopInstanceUid = `2.25.${String(at + 1)}`;
        const stored = { sopClassUid: CT_IMAGE, sopInstanceUid, transferSyntaxUid: EXPLICIT, dataSet };
        expect(await association.store(stored)).toEqual({ status: 0 });
      }
      await association.release();
      const kept = peer.received.map((name) => dataSetOf(readFileSync(join(peer.folder, name))));
      expect(kept.map(String).sort()).toEqual(sent.map(String).sort());
    } finally {
      await peer.stop();
    }
  });

  it('storescp that refuses is a rejection, or an abort, with its reason', async () => {
    const port = await freePort();
    const peer = await Storescp.start('PEER', port, '--refuse');
    const contexts = [{ abstractSyntax: VERIFICATION, transferSyntaxes: [EXPLICIT] }];
    const asked = associate({ host: '127.0.0.1', port, callingAet: 'US', calledAet: 'PEER', contexts });
    await expect(asked).rejects.toMatchObject({ kind: 'rejected-permanent' });
    await peer.stop();
  });

  it('echoscu speaks TLS with us, when it knows our authority', async () => {
    const authority = await CertificateAuthority.create('a hospital', 1);
    const own = await authority.issue({ name: 'MEDSERVE', hosts: ['127.0.0.1', 'localhost'], days: 1 });
    writeFileSync(join(folder, 'ca.pem'), authority.certificate);
    const listener = await listen({
      host: '127.0.0.1',
      port: 0,
      tls: { cert: own.certificate, key: own.key },
      handler: {
        admit: () => ({ kind: 'accepted' }),
        store: () => {
          throw new Error('nothing is stored here');
        },
        find: async function* () {},
        move: async function* () {},
        ended: () => undefined,
      },
    });
    const to = ['127.0.0.1', String(listener.port)];
    await dcmtk('echoscu', '--anonymous-tls', '--add-cert-file', join(folder, 'ca.pem'), ...to);
    await expect(dcmtk('echoscu', '--anonymous-tls', ...to)).rejects.toThrow();
    await expect(dcmtk('echoscu', ...to)).rejects.toThrow();
    await listener.close();
  });
});

describeWithDcmtk('DCMTK and a platform', () => {
  const study = ctStudy(4);
  let folder: string;
  let platform: Platform;
  let movePort: number;
  let node: readonly string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'medserve-dcmtk-'));
    movePort = await freePort();
    const options = ['--destination', `MOVED=127.0.0.1:${String(movePort)}`];
    platform = await Platform.start({ shape: 'single', options });
    const [host = '', port = ''] = platform.ready.dimse.split(':');
    node = ['-aet', 'DCMTK', '-aec', platform.ready.aet, host, port];
    for (const [at, slice] of study.slices.entries()) writeFileSync(join(folder, `${String(at)}.dcm`), slice);
  }, 120_000);
  afterAll(async () => {
    await platform.stop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  const asked = (...keys: readonly string[]): string[] => keys.flatMap((key) => ['-k', key]);

  it('echoscu is answered, and is not under another called title', async () => {
    await dcmtk('echoscu', ...node);
    const [host = '', port = ''] = platform.ready.dimse.split(':');
    await expect(dcmtk('echoscu', '-aec', 'NOBODY', host, port)).rejects.toThrow(/Called AE Title Not Recognized/i);
  });

  it('storescu sends a study, twice, and has it stored both times', async () => {
    for (let time = 0; time < 2; time += 1) {
      const said = await dcmtk('storescu', '-v', '-R', '+sd', ...node, folder);
      expect(said.match(/Received Store Response \(Success\)/g)).toHaveLength(study.slices.length);
    }
  });

  it('findscu finds it on each level', async () => {
    const uid = `StudyInstanceUID=${study.studyUid}`;
    const studies = await dcmtk(
      'findscu',
      '-S',
      ...asked('QueryRetrieveLevel=STUDY', uid, 'PatientName=Do*', 'NumberOfStudyRelatedInstances'),
      ...node,
    );
    expect(studies).toContain('[Doe^Jane]');
    expect(studies).toContain('NumberOfStudyRelatedInstances');
    const images = await dcmtk('findscu', '-S', ...asked('QueryRetrieveLevel=IMAGE', uid, 'SOPInstanceUID'), ...node);
    expect(images.match(/Find Response: \d+ \(Pending\)/g)).toHaveLength(study.slices.length);
    const patients = await dcmtk(
      'findscu',
      '-P',
      ...asked('QueryRetrieveLevel=PATIENT', 'PatientID=MRN4471029', 'PatientName'),
      ...node,
    );
    expect(patients.match(/Find Response: \d+ \(Pending\)/g)).toHaveLength(1);
    const none = await dcmtk(
      'findscu',
      '-S',
      ...asked('QueryRetrieveLevel=STUDY', 'PatientID=NOBODY', 'StudyInstanceUID'),
      ...node,
    );
    expect(none).not.toContain('Pending');
  });

  it('findscu is answered in implicit VR too', async () => {
    const keys = asked('QueryRetrieveLevel=STUDY', `StudyInstanceUID=${study.studyUid}`, 'PatientName');
    expect(await dcmtk('findscu', '-xi', '-S', ...keys, ...node)).toContain('[Doe^Jane]');
  });

  it('movescu has the study sent to a node that operators named, byte for byte', async () => {
    const peer = await Storescp.start('MOVED', movePort, '+B');
    await dcmtk(
      'movescu',
      '-S',
      '-aem',
      'MOVED',
      ...asked('QueryRetrieveLevel=STUDY', `StudyInstanceUID=${study.studyUid}`),
      ...node,
    );
    const moved = peer.received.map((name) => dataSetOf(readFileSync(join(peer.folder, name))));
    expect(moved.map(String).sort()).toEqual(study.slices.map((slice) => String(dataSetOf(slice))).sort());
    await peer.stop();
  });

  it('movescu to a node that nobody named is refused', async () => {
    const keys = asked('QueryRetrieveLevel=STUDY', `StudyInstanceUID=${study.studyUid}`);
    await expect(dcmtk('movescu', '-S', '-aem', 'ELSEWHERE', ...keys, ...node)).rejects.toThrow(
      /MoveDestinationUnknown|A801/i,
    );
  });
});
