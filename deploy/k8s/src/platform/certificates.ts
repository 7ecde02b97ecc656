import type { Fields, Manifest } from '../manifest';
import { CLUSTER_DOMAIN, NAMESPACE, TRUST_DOMAIN } from '../names';
import { SCALER_AUTHENTICATION } from '../pools/scaled-object';

const API = 'cert-manager.io/v1';
const SERVICES = 'services';
const DOOR = 'door';

const issuer = (name: string, spec: Fields): Manifest => ({
  apiVersion: API,
  kind: 'Issuer',
  metadata: { name, namespace: NAMESPACE },
  spec,
});

const issuerRef = (name: string): Fields => ({ name, kind: 'Issuer', group: 'cert-manager.io' });
const KEY = { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' };

const certificate = (name: string, spec: Fields): Manifest => ({
  apiVersion: API,
  kind: 'Certificate',
  metadata: { name, namespace: NAMESPACE },
  spec: { secretName: name, duration: '2160h', renewBefore: '720h', privateKey: KEY, revisionHistoryLimit: 2, ...spec },
});

/** An authority of the platform alone: it vouches for services, or for the door, never for both. */
const authority = (name: string): readonly Manifest[] => [
  certificate(`authority-${name}`, {
    isCA: true,
    commonName: `MedServe ${name} (${TRUST_DOMAIN})`,
    duration: '87600h',
    renewBefore: '8760h',
    // The key of an authority stays, so that what it signed before goes on being good.
    privateKey: { ...KEY, rotationPolicy: 'Never' },
    issuerRef: issuerRef('self-signed'),
  }),
  issuer(name, { ca: { secretName: `authority-${name}` } }),
];

/** By its SPIFFE id a service knows the other end; the names are for clients that look at names, as KEDA does. */
const ofService = (service: string): Manifest =>
  certificate(`tls-${service}`, {
    commonName: service,
    uris: [`spiffe://${TRUST_DOMAIN}/medserve/${service}`],
    dnsNames: [service, `${service}.${NAMESPACE}.svc`, `${service}.${NAMESPACE}.${CLUSTER_DOMAIN}`],
    usages: ['digital signature', 'server auth', 'client auth'],
    issuerRef: issuerRef(SERVICES),
  });

const door = (): Manifest =>
  certificate('tls-door', {
    commonName: 'gateway',
    dnsNames: ['gateway', `gateway.${NAMESPACE}.svc`, `gateway.${NAMESPACE}.${CLUSTER_DOMAIN}`],
    usages: ['digital signature', 'server auth'],
    issuerRef: issuerRef(DOOR),
  });

/** By which modalities and archives know the DICOM node. */
const dimse = (): Manifest =>
  certificate('tls-dimse', {
    commonName: 'dicom-node',
    dnsNames: ['dicom-node', `dicom-node.${NAMESPACE}.svc`, `dicom-node.${NAMESPACE}.${CLUSTER_DOMAIN}`],
    usages: ['digital signature', 'server auth'],
    issuerRef: issuerRef(DOOR),
  });

/** With which KEDA shows the scaler who it is, and knows it. */
const keda = (): readonly Manifest[] => [
  ofService('keda'),
  {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'TriggerAuthentication',
    metadata: { name: SCALER_AUTHENTICATION, namespace: NAMESPACE },
    spec: {
      secretTargetRef: [
        { parameter: 'caCert', name: 'tls-keda', key: 'ca.crt' },
        { parameter: 'tlsClientCert', name: 'tls-keda', key: 'tls.crt' },
        { parameter: 'tlsClientKey', name: 'tls-keda', key: 'tls.key' },
      ],
    },
  },
];

export const certificates = (): readonly Manifest[] => [
  issuer('self-signed', { selfSigned: {} }),
  ...authority(SERVICES),
  ...authority(DOOR),
  ...['gateway', 'router', 'inference', 'scaler'].map(ofService),
  door(),
  dimse(),
  ...keda(),
];
