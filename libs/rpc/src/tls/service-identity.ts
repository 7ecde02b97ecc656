import type { PeerCertificate } from 'node:tls';

/** Our services, as their certificates name them, and KEDA, which asks the scaler. A model host is part of the pod that started it. */
export const SERVICE_NAMES = ['gateway', 'router', 'inference', 'recorder', 'scaler', 'keda'] as const;

export type ServiceName = (typeof SERVICE_NAMES)[number];

const isServiceName = (text: string): text is ServiceName => (SERVICE_NAMES as readonly string[]).includes(text);

/**
 * The service that a certificate names: the last part of its one SPIFFE id, a URI such as
 * `spiffe://hospital.example/medserve/router` (SPIFFE X.509-SVID, section 2). Which trust domain it is of is the authority's to
 * say, of which each platform has its own.
 *
 * @returns undefined for a certificate without such an id, with two, or of another service
 */
export function serviceOf({ subjectaltname = '' }: Pick<PeerCertificate, 'subjectaltname'>): ServiceName | undefined {
  // As Node writes the names: a value in which a comma or a quote could deceive stands in quotes, and is none of ours.
  const ids = subjectaltname.split(', ').filter((name) => name.startsWith('URI:'));
  const [id = ''] = ids;
  const name = /^URI:spiffe:\/\/[a-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*\/([a-z]+)$/.exec(id)?.[1];
  return ids.length === 1 && name !== undefined && isServiceName(name) ? name : undefined;
}
