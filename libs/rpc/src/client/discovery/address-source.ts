import { ServingError } from '@medserve/errors';

/** Where addresses of a service come from. */
export type AddressSource =
  | { readonly kind: 'fixed'; readonly address: string }
  /** Every address that the name has, now and later. */
  | { readonly kind: 'dns'; readonly host: string; readonly port: number }
  /** A JSON array of addresses, read again when it changes. */
  | { readonly kind: 'file'; readonly path: string };

/** host:port; an IPv6 address stands in brackets. */
const ADDRESS = /^(?:\[[0-9A-Fa-f:.]+\]|[^\s:/[\]]{1,253}):(\d{1,5})$/;
const MOST_PORT = 65_535;

export function isAddress(text: unknown): text is string {
  const port = typeof text === 'string' ? ADDRESS.exec(text)?.[1] : undefined;
  return port !== undefined && Number(port) > 0 && Number(port) <= MOST_PORT;
}

/**
 * Reads `host:port`, `dns:host:port` or `file:PATH`.
 *
 * @throws ServingError `invalid_request`
 */
export function parseAddressSource(text: string): AddressSource {
  if (text.startsWith('file:') && text.length > 'file:'.length)
    return { kind: 'file', path: text.slice('file:'.length) };
  const isName = text.startsWith('dns:');
  const address = isName ? text.slice('dns:'.length) : text;
  if (!isAddress(address))
    throw new ServingError('invalid_request', 'A source of addresses has to be host:port, dns:host:port or file:PATH.');
  if (!isName) return { kind: 'fixed', address };
  const at = address.lastIndexOf(':');
  return { kind: 'dns', host: address.slice(0, at), port: Number(address.slice(at + 1)) };
}
