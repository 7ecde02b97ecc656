import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { RouterService } from '@medserve/contracts';
import { CertificateAuthority, writeCertificate } from '@medserve/security';
import { credentials, type ChannelCredentials } from '@grpc/grpc-js';
import { FaultProxy } from '@medserve/testkit';
import { callUnary } from '../client/call-unary';
import { startGrpcServer } from '../server/grpc-server';
import { unaryMethod } from '../server/handlers';
import { clientOver, type Link } from './link';
import { serviceOf, type ServiceName } from './service-identity';
import { ServiceTls, type ServerSecurity } from './service-tls';

describe('mutual TLS between services', () => {
  let directory: string;
  let authority: CertificateAuthority;
  const closers: (() => unknown)[] = [];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'medserve-tls-'));
    authority = await CertificateAuthority.create('a platform', 1);
    for (const service of ['gateway', 'router', 'recorder'] as const) await give(service, authority);
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  async function give(service: ServiceName, from: CertificateAuthority, folder: string = service, days = 1) {
    const uri = `spiffe://a.platform/medserve/${service}`;
    writeCertificate(join(directory, folder), from.certificate, await from.issue({ name: service, uri, days }));
  }

  const tlsOf = (service: ServiceName, folder?: string, refreshMs?: number): ServiceTls => {
    const place = folder === undefined ? directory : join(directory, folder);
    const found = ServiceTls.open(place, service, { refreshMs });
    if (found === undefined) throw new Error('no TLS');
    return found;
  };

  const router = () => startServer(tlsOf('router').serve(['gateway']));

  async function startServer(security: ServerSecurity) {
    const server = await startGrpcServer({
      listen: { host: '127.0.0.1', port: 0 },
      graceMs: 100,
      security,
      register: (grpc) => {
        const none = unaryMethod(() => Promise.resolve({}));
        grpc.addService(RouterService, {
          dispatch: () => undefined,
          watchModels: () => undefined,
          listModels: unaryMethod(() => Promise.resolve({ models: [] })),
          loadModel: none,
          unloadModel: none,
          wakeModel: none,
        });
      },
    });
    closers.push(() => server.close());
    return server;
  }

  const plain = (channel: ChannelCredentials): Link => ({
    credentials: channel,
    options: channel._isSecure() ? { 'grpc.ssl_target_name_override': 'router' } : {},
  });

  function ask(address: string, link: Link) {
    const client = clientOver(address, link);
    closers.push(() => {
      client.close();
    });
    return callUnary(client, RouterService.listModels, {}, { deadlineMs: 10_000 });
  }

  it('lets the services call each other that have to', async () => {
    const { address } = await router();
    await expect(ask(address, tlsOf('gateway').call('router'))).resolves.toEqual({ models: [] });
  });

  it('lets in nobody without a certificate, in the clear or of another authority', async () => {
    const { address } = await router();
    const stranger = await CertificateAuthority.create('a platform', 1);
    await give('gateway', stranger, 'strange');
    const root = Buffer.from(authority.certificate);
    const unnamed = { checkServerIdentity: () => undefined };
    for (const link of [
      plain(credentials.createInsecure()),
      plain(credentials.createSsl(root, null, null, unnamed)),
      tlsOf('gateway', 'strange').call('router'),
    ]) {
      await expect(ask(address, link)).rejects.toMatchObject({ reason: 'unavailable' });
    }
  });

  it('lets in no service that has no business there', async () => {
    const { address } = await router();
    await expect(ask(address, tlsOf('recorder').call('router'))).rejects.toMatchObject({ reason: 'unavailable' });
  });

  it('sends nothing to a service that is not the one it was to reach', async () => {
    const { address } = await router();
    await expect(ask(address, tlsOf('gateway').call('inference'))).rejects.toMatchObject({ reason: 'unavailable' });
  });

  it('serves by a certificate that was renewed, also of a new authority, without being started again', async () => {
    const next = await CertificateAuthority.create('a platform', 1);
    await give('router', authority, 'renewed');
    const server = await startServer(tlsOf('router', 'renewed', 20).serve(['gateway']));
    // Who calls knows only the new one.
    await give('gateway', next, 'ahead');
    const link = tlsOf('gateway', 'ahead').call('router');
    await expect(ask(server.address, link)).rejects.toMatchObject({ reason: 'unavailable' });
    await give('router', next, 'renewed');
    while (!(await ask(server.address, link).then(Boolean, () => false)));
  });

  it('goes on with the certificate that it has while its files do not fit together', async () => {
    await give('router', authority, 'damaged');
    const server = await startServer(tlsOf('router', 'damaged', 5).serve(['gateway']));
    const other = await authority.issue({ name: 'router', uri: 'spiffe://a.platform/router', days: 1 });
    writeFileSync(join(directory, 'damaged', 'tls.key'), other.key);
    const link = tlsOf('gateway').call('router');
    // Several looks at the files later: a connection is made in much more than five milliseconds.
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await expect(ask(server.address, link)).resolves.toEqual({ models: [] });
    }
  });

  it('connects anew after bits were turned over on the wire, in the making of a connection or later', async () => {
    const { address } = await router();
    for (let seed = 1; seed <= 8; seed += 1) {
      const wire = await FaultProxy.start(address, { seed });
      closers.push(() => wire.close());
      const client = clientOver(wire.address, tlsOf('gateway').call('router'));
      closers.push(() => {
        client.close();
      });
      const call = () =>
        callUnary(client, RouterService.listModels, {}, { deadlineMs: 1_000 }).then(Boolean, () => false);
      expect(await call()).toBe(true);
      wire.set('toTarget', { flipChance: 0.005 });
      wire.set('toCaller', { flipChance: 0.005 });
      while (await call());
      wire.heal();
      while (!(await call()));
    }
  }, 60_000);

  it('takes no certificate whose time is over', async () => {
    const { address } = await router();
    const uri = 'spiffe://a.platform/medserve/gateway';
    const over = await authority.issue({ name: 'gateway', uri, days: 1, from: new Date(Date.now() - 3 * 86_400_000) });
    writeCertificate(join(directory, 'over'), authority.certificate, over);
    await expect(ask(address, tlsOf('gateway', 'over').call('router'))).rejects.toMatchObject({
      reason: 'unavailable',
    });
  });

  it('speaks nothing older than TLS 1.2', async () => {
    const { port } = await router();
    const socket = connect({ host: '127.0.0.1', port, maxVersion: 'TLSv1.1', rejectUnauthorized: false });
    await expect(
      new Promise((resolve, reject) => {
        socket.once('secureConnect', resolve);
        socket.once('error', reject);
      }),
    ).rejects.toThrow();
    socket.destroy();
  });

  it('says before anything listens which files cannot be used', () => {
    expect(() => ServiceTls.open(join(directory, 'nowhere'), 'router')).toThrow(/TLS files of the router/);
    expect(ServiceTls.open(undefined, 'router')).toBeUndefined();
  });

  it.each([
    ['URI:spiffe://a.platform/medserve/router', 'router'],
    ['DNS:router, URI:spiffe://a.platform/router, IP Address:127.0.0.1', 'router'],
    ['URI:spiffe://a.platform/router, URI:spiffe://a.platform/gateway', undefined],
    ['DNS:spiffe://a.platform/router', undefined],
    ['URI:"spiffe://a.platform/x, URI:spiffe://a.platform/router"', undefined],
    ['URI:spiffe://a.platform/router/', undefined],
    ['URI:https://a.platform/router', undefined],
    ['URI:spiffe://a.platform/billing', undefined],
    ['', undefined],
  ])('reads the service of %s as %s', (subjectaltname, service) => {
    expect(serviceOf({ subjectaltname })).toBe(service);
  });
});
