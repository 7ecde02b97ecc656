// One authority and what it signs: the servers of the control plane, and each client by the name that the API knows it by.
import 'reflect-metadata';
import { generateKeyPairSync, KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' };
/** Clocks may differ by so much. */
const EARLIER_MS = 300_000;
const DAYS_MS = 30 * 86_400_000;
const SERVER_HOSTS = ['127.0.0.1', 'localhost', 'kubernetes.default.svc', 'keda-metrics-apiserver.keda.svc'];

const serial = () => {
  const bytes = randomBytes(16);
  // Positive and short enough (RFC 5280, 4.1.2.2).
  bytes[0] = (bytes[0] & 0x7f) | 0x01;
  return bytes.toString('hex');
};

const validity = () => ({ notBefore: new Date(Date.now() - EARLIER_MS), notAfter: new Date(Date.now() + DAYS_MS) });
const pem = (key) => KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }).toString();
const isAddress = (host) => /^[0-9.]+$/.test(host);

/** Makes `folder` and writes into it `<name>.crt` and `<name>.key` of every party, `ca.crt` and the key pair of service accounts. */
export async function makeCertificates(folder) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const write = (name, text) => writeFileSync(join(folder, name), text, { mode: 0o600 });
  const rootKeys = await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const root = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: [{ CN: ['medserve-tests'] }],
    ...validity(),
    signingAlgorithm: SIGNING,
    keys: rootKeys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  write('ca.crt', root.toString('pem'));
  const issue = async (name, subject, hosts = []) => {
    const keys = await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
    const names = hosts.map((value) => ({ type: isAddress(value) ? 'ip' : 'dns', value }));
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serial(),
      subject: [subject],
      issuer: root.subjectName,
      ...validity(),
      signingAlgorithm: SIGNING,
      publicKey: keys.publicKey,
      signingKey: rootKeys.privateKey,
      extensions: [
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
        ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]),
      ],
    });
    write(`${name}.crt`, certificate.toString('pem'));
    write(`${name}.key`, pem(keys.privateKey));
  };
  await Promise.all([
    issue('server', { CN: ['kube-apiserver'] }, SERVER_HOSTS),
    issue('admin', { CN: ['admin'], O: ['system:masters'] }),
    issue('controller-manager', { CN: ['system:kube-controller-manager'] }),
    issue('scheduler', { CN: ['system:kube-scheduler'] }),
    issue('front-proxy', { CN: ['front-proxy'] }),
  ]);
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  write('service-accounts.pub', publicKey.export({ type: 'spki', format: 'pem' }));
  write('service-accounts.key', privateKey.export({ type: 'pkcs8', format: 'pem' }));
}
