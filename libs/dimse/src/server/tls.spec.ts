import { CertificateAuthority } from '@medserve/security';
import { associate } from '../client/associate';
import type { ClientTls } from '../client/connect';
import { ScriptedNode } from '../testing/scripted-node';
import { EXPLICIT } from '../testing/raw-peer';
import { VERIFICATION } from '../uids/sop-classes';
import { listen, type DimseListener } from './listen';

describe('a listener under TLS', () => {
  let authority: CertificateAuthority;
  let own: { cert: string; key: string };
  let listener: DimseListener;
  let subjects: (string | undefined)[];

  beforeAll(async () => {
    authority = await CertificateAuthority.create('a hospital', 1);
    const issued = await authority.issue({ name: 'MEDSERVE', hosts: ['127.0.0.1'], days: 1 });
    own = { cert: issued.certificate, key: issued.key };
  });

  const open = async (ca?: string): Promise<void> => {
    const node = new ScriptedNode();
    subjects = [];
    const handler = {
      admit: ({ certificate }: { certificate?: string }) => {
        subjects.push(certificate);
        return { kind: 'accepted' as const };
      },
      store: node.store.bind(node),
      find: node.find.bind(node),
      move: node.move.bind(node),
      ended: node.ended.bind(node),
    };
    const limits = { closeMs: 50, artimMs: 500 };
    listener = await listen({
      host: '127.0.0.1',
      port: 0,
      tls: { ...own, ...(ca !== undefined && { ca }) },
      handler,
      limits,
    });
  };
  afterEach(() => listener.close());

  const echo = async (tls?: ClientTls): Promise<number> => {
    const contexts = [{ abstractSyntax: VERIFICATION, transferSyntaxes: [EXPLICIT] }];
    const association = await associate({
      host: '127.0.0.1',
      port: listener.port,
      callingAet: 'SPEC',
      calledAet: 'MEDSERVE',
      contexts,
      ...(tls && { tls }),
    });
    const { status } = await association.echo();
    await association.release();
    return status;
  };

  it('is spoken to by those who trust its authority', async () => {
    await open();
    expect(await echo({ ca: authority.certificate })).toBe(0);
    await expect(echo({})).rejects.toMatchObject({ kind: 'tls' });
  });

  it('does not speak in the clear', async () => {
    await open();
    await expect(echo()).rejects.toMatchObject({ kind: 'aborted' });
    expect(await echo({ ca: authority.certificate })).toBe(0);
  });

  it('does not speak TLS 1.1', async () => {
    await open();
    const old = { maxVersion: 'TLSv1.1' as const, minVersion: 'TLSv1.1' as const, ciphers: 'DEFAULT:@SECLEVEL=0' };
    await expect(echo({ ca: authority.certificate, ...old })).rejects.toThrow();
    expect(subjects).toEqual([]);
  });

  it('wants a certificate of its authority for clients, and knows whose it is', async () => {
    await open(authority.certificate);
    const scanner = await authority.issue({ name: 'SCANNER', days: 1 });
    await expect(echo({ ca: authority.certificate })).rejects.toMatchObject({ name: 'AssociationError' });
    expect(await echo({ ca: authority.certificate, cert: scanner.certificate, key: scanner.key })).toBe(0);
    expect(subjects).toEqual(['CN=SCANNER']);
  });

  it('takes a renewed certificate for those who come then', async () => {
    await open();
    const other = await CertificateAuthority.create('another', 1);
    const renewed = await other.issue({ name: 'MEDSERVE', hosts: ['127.0.0.1'], days: 1 });
    listener.renew({ cert: renewed.certificate, key: renewed.key });
    expect(await echo({ ca: other.certificate })).toBe(0);
    await expect(echo({ ca: authority.certificate })).rejects.toMatchObject({ kind: 'tls' });
  });
});
