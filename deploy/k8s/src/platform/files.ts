import { secretVolume } from '../container';
import type { Fields } from '../manifest';

/** Where services find their certificates, keys and the description of the fleet. */
export const PATHS = {
  tls: '/etc/medserve/tls',
  door: '/etc/medserve/door',
  keys: '/etc/medserve/keys',
  tokens: '/etc/medserve/tokens',
  fleet: '/etc/medserve/fleet',
  kafka: '/etc/medserve/kafka',
  dimse: '/etc/medserve/dimse',
  hospital: '/etc/medserve/hospital',
  studies: '/var/lib/medserve/studies',
} as const;

const mounted = (name: string, mountPath: string): Fields => ({ name, mountPath, readOnly: true });

export interface Files {
  readonly mounts: readonly Fields[];
  readonly volumes: readonly Fields[];
}

export const tlsOf = (service: string): Files => ({
  mounts: [mounted('tls', PATHS.tls)],
  volumes: [secretVolume('tls', `tls-${service}`)],
});

export const secretFiles = (name: string, path: string, secret: string): Files => ({
  mounts: [mounted(name, path)],
  volumes: [secretVolume(name, secret)],
});

export const FLEET: Files = {
  mounts: [mounted('fleet', PATHS.fleet)],
  volumes: [{ name: 'fleet', configMap: { name: 'medserve-fleet' } }],
};
export const FLEET_FILE = `${PATHS.fleet}/fleet.yaml`;

export const together = (...files: readonly Files[]): Files => ({
  mounts: files.flatMap(({ mounts }) => mounts),
  volumes: files.flatMap(({ volumes }) => volumes),
});

export const sized = (cpu: string, memory: string): Fields => ({
  requests: { cpu, memory },
  limits: { memory },
});
