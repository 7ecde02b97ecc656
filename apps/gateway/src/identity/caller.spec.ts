import { X509Certificate } from 'node:crypto';
import { createServer, request as httpsRequest, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { CertificateAuthority, type Authenticator, type IssuedCertificate, type Principal } from '@medserve/security';
import type { FastifyRequest } from 'fastify';
import { callerOf } from './caller';

const KEY: Principal = { id: 'by-key', kind: 'key', tenant: 'north', scopes: new Set() };

describe('callerOf', () => {
  let authority: CertificateAuthority;
  let known: IssuedCertificate;
  let strange: IssuedCertificate;
  let server: Server;
  /** What was asked of the authenticator. */
  const asked: unknown[] = [];

  const authenticator: Pick<Authenticator, 'authenticate' | 'authenticateCertificate'> = {
    authenticate: (header) => {
      asked.push(header);
      return Promise.resolve(KEY);
    },
    authenticateCertificate: (der) => {
      asked.push(new X509Certificate(der).subjectAltName);
      return Promise.resolve({ ...KEY, id: 'by-certificate', kind: 'client' });
    },
  };

  beforeAll(async () => {
    authority = await CertificateAuthority.create('ours', 1);
    const other = await CertificateAuthority.create('theirs', 1);
    const order = { uri: 'spiffe://north/pacs', name: 'pacs', days: 1 };
    known = await authority.issue(order);
    strange = await other.issue(order);
    const door = await authority.issue({ hosts: ['localhost', '127.0.0.1'], name: 'door', days: 1 });
    const options = { cert: door.certificate, key: door.key, ca: authority.certificate };
    server = createServer({ ...options, requestCert: true, rejectUnauthorized: false }, (raw, response) => {
      const request = { headers: raw.headers, raw } as unknown as FastifyRequest;
      void callerOf(request, authenticator as Authenticator).then(({ id }) => response.end(id));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    asked.length = 0;
  });
  afterAll(() => server.close());

  const ask = (certificate?: IssuedCertificate, headers: Record<string, string> = {}): Promise<string> =>
    new Promise((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      const own = certificate === undefined ? {} : { cert: certificate.certificate, key: certificate.key };
      const options = { host: '127.0.0.1', port, ca: authority.certificate, headers, agent: false, ...own };
      httpsRequest(options, (response) => {
        response.once('data', (id: Buffer) => {
          resolve(id.toString());
        });
      })
        .on('error', reject)
        .end();
    });

  it('knows a caller by the certificate that our authority vouches for, where the request carries nothing else', async () => {
    expect(await ask(known)).toBe('by-certificate');
    expect(asked).toEqual(['URI:spiffe://north/pacs']);
  });

  it('believes the credential of the request before the certificate', async () => {
    expect(await ask(known, { authorization: 'Bearer x' })).toBe('by-key');
    expect(asked).toEqual(['Bearer x']);
  });

  it('sees nothing in the certificate of another authority, or in none', async () => {
    for (const certificate of [strange, undefined]) expect(await ask(certificate)).toBe('by-key');
    expect(asked).toEqual([undefined, undefined]);
  });
});
