import { resolve } from 'node:path';
import { aeTitle } from '@medserve/delivery';
import { InvalidArgumentError } from 'commander';
import type { Voice } from '../output/say';
import { builtInRoutes } from '../package';
import { ensureFree, isFree } from './ports';

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** A DICOM node and where it listens. */
export interface AeAddress extends HostAndPort {
  readonly aet: string;
}

/** What `medserve up` was told of who sends studies and where results go. */
export interface DicomOptions {
  /** 0: any free one; absent: the usual one, or any where that is taken. */
  readonly port: number | undefined;
  readonly nodes: readonly AeAddress[];
  readonly hl7: readonly HostAndPort[];
  /** Calling AE titles; none: all. */
  readonly allowed: readonly string[];
  readonly routes: readonly string[];
  /** A YAML file of further destinations. */
  readonly file: string | undefined;
}

/** Registered for DICOM (IANA: 11112, dicom), and free to listen on for whoever is no root. */
export const USUAL_DICOM_PORT = 11_112;

/**
 * The port that was asked for, which has to be free. Nobody asked for the usual one: a second platform on the machine takes any
 * other, and says so.
 */
export async function dicomPort({ port }: DicomOptions, voice: Voice): Promise<number> {
  if (port !== undefined) {
    await ensureFree({ '--dicom-port': port });
    return port;
  }
  if (await isFree(USUAL_DICOM_PORT)) return USUAL_DICOM_PORT;
  voice.say(`medserve: port ${String(USUAL_DICOM_PORT)} is taken; the DICOM node listens on another one`, {
    event: 'dicom-port-taken',
  });
  return 0;
}

/** @throws InvalidArgumentError for what is no title of 1 to 16 characters */
export function allowedAet(text: string): string {
  const { success, data, error } = aeTitle.safeParse(text);
  if (success) return data;
  throw new InvalidArgumentError(error.issues.map(({ message }) => message).join('; '));
}

/** @throws InvalidArgumentError */
export function hostAndPort(text: string): HostAndPort {
  const [, bracketed, plain, digits] = /^(?:\[([0-9A-Fa-f:]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host !== undefined && port >= 1 && port <= 65_535) return { host, port };
  throw new InvalidArgumentError('a host and a port, such as pacs.local:104 or [::1]:104');
}

/** @throws InvalidArgumentError */
export function aeAddress(text: string): AeAddress {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('an AE title and where it listens, such as PACS=pacs.local:104');
  return { aet: allowedAet(text.slice(0, at)), ...hostAndPort(text.slice(at + 1)) };
}

/** The environment of the service that DICOM nodes reach. What is not said here, the environment of `up` may say. */
export function dicomVariables({ nodes, hl7, allowed, routes, file }: DicomOptions): Readonly<Record<string, string>> {
  const destinations = [
    ...(file === undefined ? [] : [`file:${resolve(file)}`]),
    ...nodes.map((node) => ({ name: nameOf(node.aet), kind: 'dicom', ...node })),
    ...hl7.map(({ host, port }) => ({ name: nameOf(`hl7-${host}-${String(port)}`), kind: 'hl7', host, port })),
  ];
  const folders = [builtInRoutes(), ...routes.map((folder) => resolve(folder))];
  const said = process.env['MEDSERVE_ROUTES'];
  return {
    ...(destinations.length === 0 ? {} : { MEDSERVE_DESTINATIONS: JSON.stringify(destinations) }),
    ...(allowed.length === 0 ? {} : { MEDSERVE_DIMSE_PEERS: JSON.stringify(allowed.map((aet) => ({ aet }))) }),
    ...(said === undefined || routes.length > 0 ? { MEDSERVE_ROUTES: folders.join(':') } : {}),
  };
}

/** A title may have characters that a name may not. */
const nameOf = (text: string): string => text.replaceAll(/[^A-Za-z0-9._-]/g, '_').replace(/^[^A-Za-z0-9]/, 'x');
