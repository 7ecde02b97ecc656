import type { AddressInfo } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { PlatformUrl } from '../http/platform-url';

export const DICOM_WEB = '/dicom-web';

/** A host of the header, without and with its port. */
const HOST = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/;

/**
 * Where the caller reached DICOMweb, for the URLs of answers: the operator's URL where one is set, which is then the proxy's; else by
 * the header Host. Some clients leave its port out: then the address of the connection has it, where that is what the header names.
 * Where nothing says which port it was, URLs have only their path.
 */
export function baseUrl(request: Pick<FastifyRequest, 'headers' | 'protocol' | 'socket'>, url: PlatformUrl): string {
  if (url.given !== undefined) return `${url.given.replace(/\/+$/, '')}${DICOM_WEB}`;
  const authority = authorityOf(request);
  return authority === undefined ? DICOM_WEB : `${request.protocol}://${authority}${DICOM_WEB}`;
}

function authorityOf({ headers, protocol, socket }: Pick<FastifyRequest, 'headers' | 'protocol' | 'socket'>) {
  const [, name, port] = HOST.exec(headers.host ?? '') ?? [];
  if (name === undefined) return undefined;
  if (port !== undefined) return `${name}:${port}`;
  const here = socket.address() as Partial<AddressInfo>;
  const usual = protocol === 'https' ? 443 : 80;
  if (here.port === undefined || here.port === usual) return name;
  return isAddress(name, here.address ?? '') ? `${name}:${String(here.port)}` : undefined;
}

/** Whether the name is the very address that the connection came to, so that nothing stands between. */
function isAddress(name: string, address: string): boolean {
  const plain = address.replace(/^::ffff:/, '');
  const isLoopback = plain === '127.0.0.1' || plain === '::1';
  return name.replace(/^\[|\]$/g, '') === plain || (name === 'localhost' && isLoopback);
}
