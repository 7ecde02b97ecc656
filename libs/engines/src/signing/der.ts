/*
 * As much of DER (X.690) as it takes to find an extension of a certificate that Node has parsed already, but does not show.
 */

interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

const BOOLEAN = 0x01;
const SEQUENCE = 0x30;
const OCTETS = 0x04;
const EXTENSIONS = 0xa3;

const damaged = (): Error => new Error('the certificate is damaged');

function elementAt(bytes: Buffer, at: number, limit: number): Element {
  const tag = bytes[at] ?? 0;
  const first = bytes[at + 1];
  if (first === undefined) throw damaged();
  const more = first < 0x80 ? 0 : first & 0x7f;
  if (more > 4) throw damaged();
  const length = more === 0 ? first : bytes.readUIntBE(at + 2, more);
  const start = at + 2 + more;
  if (start + length > limit) throw damaged();
  return { tag, start, end: start + length };
}

function* childrenOf(bytes: Buffer, { start, end }: Pick<Element, 'start' | 'end'>): Generator<Element> {
  for (let at = start; at < end;) {
    const child = elementAt(bytes, at, end);
    yield child;
    at = child.end;
  }
}

export interface Extension {
  /** Encoded, without tag and length. */
  readonly oid: Buffer;
  /** Who does not know it must not take the certificate (RFC 5280, 4.2). */
  readonly isCritical: boolean;
  /** DER. */
  readonly value: Buffer;
}

/** The extensions of a certificate (RFC 5280, 4.1). */
export function* extensionsOf(certificate: Buffer): Generator<Extension> {
  const whole = elementAt(certificate, 0, certificate.byteLength);
  const [toBeSigned] = childrenOf(certificate, whole);
  if (toBeSigned?.tag !== SEQUENCE) throw damaged();
  const bytesOf = ({ start, end }: Element): Buffer => certificate.subarray(start, end);
  for (const field of childrenOf(certificate, toBeSigned)) {
    if (field.tag !== EXTENSIONS) continue;
    const [list] = childrenOf(certificate, field);
    for (const extension of list ? childrenOf(certificate, list) : []) {
      const [id, ...rest] = childrenOf(certificate, extension);
      const value = rest.at(-1);
      if (!id || value?.tag !== OCTETS) throw damaged();
      const isCritical = rest.some((element) => element.tag === BOOLEAN && bytesOf(element)[0] !== 0);
      yield { oid: bytesOf(id), isCritical, value: bytesOf(value) };
    }
  }
}

/**
 * The value of an extension of a certificate.
 *
 * @param oid encoded, without tag and length
 * @returns its DER; `undefined`: the certificate has no such extension
 */
export function extensionOf(certificate: Buffer, oid: Buffer): Buffer | undefined {
  for (const extension of extensionsOf(certificate)) if (extension.oid.equals(oid)) return extension.value;
  return undefined;
}

/** The elements of a DER sequence, each with its tag and content. */
export function sequenceOf(bytes: Buffer): { readonly tag: number; readonly content: Buffer }[] {
  const whole = elementAt(bytes, 0, bytes.byteLength);
  return [...childrenOf(bytes, whole)].map(({ tag, start, end }) => ({ tag, content: bytes.subarray(start, end) }));
}

/** The content of one DER element. */
export function contentOf(bytes: Buffer): Buffer {
  const { start, end } = elementAt(bytes, 0, bytes.byteLength);
  return bytes.subarray(start, end);
}
