/** A media type, or a range of them, with its parameters; names in lower case, values without quotes. */
export interface MediaType {
  /** `multipart/related` */
  readonly essence: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** One type of a list, up to the comma: DICOMweb clients write values with slashes and stars also without quotes. */
const TYPE = /^\s*([^\s;,]+)\s*((?:;\s*(?:[^\s;,=]+\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^;,]*))?\s*)*)(?:,|$)/;
const PARAMETER = /;\s*([^\s;,=]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;,]*))/g;

/** Longer headers hold no types that a client would want. */
const MAX_HEADER = 4096;

/**
 * The media types of a header as `Accept` or `Content-Type` (RFC 9110, section 12.5.1; PS3.18 8.7.5), in their order.
 *
 * @returns undefined where it is no list of media types
 */
export function parseMediaTypes(header: string): MediaType[] | undefined {
  if (header.length > MAX_HEADER) return undefined;
  const found: MediaType[] = [];
  let rest = header;
  while (rest.trim() !== '') {
    const [whole, essence = '', tail = ''] = TYPE.exec(rest) ?? [];
    if (whole === undefined || !/^[^/]+\/[^/]+$/.test(essence)) return undefined;
    const parameters = [...tail.matchAll(PARAMETER)].map(
      ([, name = '', quoted, bare = '']) =>
        [name.toLowerCase(), quoted === undefined ? bare.trim() : quoted.replace(/\\(.)/g, '$1')] as const,
    );
    found.push({ essence: essence.toLowerCase(), parameters: new Map(parameters) });
    rest = rest.slice(whole.length);
  }
  return found;
}
