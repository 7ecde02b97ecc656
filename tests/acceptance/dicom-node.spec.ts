import { associate, AssociationError, VERIFICATION, type Association } from '@medserve/dimse';
import { readPart10Head } from '@medserve/imaging';
import { Caller } from '../support/caller';
import { Platform, until } from '../support/platform';
import { ctStudy, reached, ReceivingNode, stow } from '../support/studies';

const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';
const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const SLICES = 10;

/** Platforms as a hospital has them: a node among others. */
describe.each(['single', 'split'] as const)('a platform as a DICOM node (%s)', (shape) => {
  let pacs: ReceivingNode;
  let platform: Platform;
  let caller: Caller;

  beforeAll(async () => {
    pacs = await ReceivingNode.start('PACS');
    const options = ['--destination', `PACS=127.0.0.1:${String(pacs.port)}`, '--allow-aet', 'SCANNER'];
    platform = await Platform.start({ shape, options });
    caller = new Caller(platform.ready);
  }, 90_000);

  afterAll(async () => {
    await platform.remove();
    await pacs.close();
  }, 60_000);

  const associated = (callingAet: string, calledAet = platform.ready.aet): Promise<Association> => {
    const [host = '', port] = platform.ready.dimse.split(':');
    const contexts = [VERIFICATION, CT_IMAGE].map((abstractSyntax) => ({
      abstractSyntax,
      transferSyntaxes: [EXPLICIT_LITTLE_ENDIAN],
    }));
    return associate({ host, port: Number(port), callingAet, calledAet, contexts });
  };

  it('says in its ready file where it is, and answers there', async () => {
    expect(platform.ready).toMatchObject({ aet: 'MEDSERVE', dicomweb: `${platform.ready.url}/dicom-web` });
    const association = await associated('SCANNER');
    expect((await association.echo()).status).toBe(0);
    await association.release();
  });

  it('lets in whom it was told to, and nobody who calls it by another name', async () => {
    await expect(associated('STRANGER')).rejects.toMatchObject({ kind: 'rejected-permanent' });
    await expect(associated('SCANNER', 'SOMEBODY')).rejects.toMatchObject({ kind: 'rejected-permanent' });
  });

  it('takes a study, reads it, and sends the results where it was told to', async () => {
    const { studyUid, slices } = ctStudy(SLICES);
    const association = await associated('SCANNER');
    for (const [at, slice] of slices.entries()) {
      const sopInstanceUid = `${studyUid.slice(0, 50)}.1.${String(at + 1)}`;
      const { status } = await association.store({
        sopClassUid: CT_IMAGE,
        sopInstanceUid,
        transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN,
        dataSet: slice.subarray(readPart10Head(slice).dataSetOffset),
      });
      expect(status).toBe(0);
    }
    await association.release();
    expect((await caller.call(`/v1/studies/${studyUid}/go`, { method: 'POST' })).status).toBe(202);
    const { results } = await reached(caller, studyUid, 'exported', { withinMs: 120_000 });
    expect(results.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['sr', 'seg', 'sc']));
    for (const { sopInstanceUid } of results) expect(pacs.received.get(sopInstanceUid)).toHaveLength(1);
    const found = await caller.call(`/dicom-web/studies/${studyUid}/series?ModalitiesInStudy=SR`);
    expect(found.status).toBe(200);
    const { bytes } = await caller.call('/metrics');
    expect(bytes.toString()).toMatch(
      /medserve_deliveries_total\{[^}]*destination="PACS"[^}]*outcome="delivered"[^}]*\} [1-9]/,
    );
  }, 180_000);

  it('keeps results for a destination that refuses them, and sends them when an operator says so', async () => {
    pacs.answer(0xa900);
    const { studyUid, slices } = ctStudy(SLICES);
    expect((await stow(caller, slices)).status).toBe(200);
    await caller.call(`/v1/studies/${studyUid}/go`, { method: 'POST' });
    expect(await reached(caller, studyUid, 'failed', { withinMs: 120_000 })).toMatchObject({
      reason: 'undelivered',
      deliveries: [{ destination: 'PACS', state: 'dead' }],
    });
    const dead = await caller.call(`/v1/deliveries?state=dead&study=${studyUid}`);
    const [{ id, lastError, lastStatus }] = dead.json['deliveries'] as unknown as readonly [Record<string, string>];
    expect([lastError, lastStatus]).toEqual(['content_refused', 'A900']);
    pacs.answer(0);
    const requeued = await caller.call(`/v1/deliveries/${String(id)}/requeue`, { method: 'POST' });
    expect(requeued).toMatchObject({ status: 202, json: { state: 'waiting', attempts: 0 } });
    const { results } = await reached(caller, studyUid, 'exported');
    for (const { sopInstanceUid } of results) expect(pacs.received.get(sopInstanceUid)).toHaveLength(1);
    expect((await caller.call(`/v1/deliveries/${String(id)}/requeue`, { method: 'POST' })).status).toBe(404);
  }, 180_000);

  it('stops with an association open, and leaves a port that the next one can have', async () => {
    const association = await associated('SCANNER');
    expect((await association.echo()).status).toBe(0);
    expect(await platform.stop()).toBe(0);
    await expect(association.echo()).rejects.toMatchObject({ kind: 'aborted' });
    await until('the node to be gone', () =>
      associated('SCANNER').then(
        () => false,
        (error: unknown) => error instanceof AssociationError && error.kind === 'refused-connection',
      ),
    );
  }, 60_000);
});
