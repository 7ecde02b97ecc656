import { uuidOf } from '../identity/derived-ids';
import type { InteropInput } from '../input';
import type { Bundle, BundleEntry, Identifier, Resource } from './r4';
import { resourcesOf } from './resources-of';

/**
 * A result as one transaction for the hospital's FHIR server, which may be sent again at any time: what is there is not made twice.
 * The study and the model are left as they are where they are known; the report and its observations take the place of those of an
 * earlier generation, which have the same identifiers.
 */
export function resultBundle(input: InteropInput): Bundle {
  const resources = resourcesOf(input);
  const urls = new Map(resources.map((resource) => [addressOf(resource), fullUrlOf(resource)]));
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    timestamp: input.now.toISOString(),
    entry: resources.map((resource) => entryOf(resource, urls)),
  };
}

const addressOf = ({ resourceType, id = '' }: Resource): string => `${resourceType}/${id}`;

const fullUrlOf = (resource: Resource): string =>
  `urn:uuid:${resource.resourceType === 'AuditEvent' ? resource.id : uuidOf('fhir', addressOf(resource))}`;

function entryOf(resource: Resource, urls: ReadonlyMap<string, string>): BundleEntry {
  return { fullUrl: fullUrlOf(resource), resource: linked(resource, urls), request: requestOf(resource) };
}

function requestOf(resource: Resource): NonNullable<BundleEntry['request']> {
  const { resourceType: type } = resource;
  switch (type) {
    case 'Device':
    case 'ImagingStudy':
      return { method: 'POST', url: type, ifNoneExist: byIdentifier(resource.identifier) };
    case 'Observation':
    case 'DiagnosticReport':
      return { method: 'PUT', url: `${type}?${byIdentifier(resource.identifier)}` };
    // These have no identifier by which a server could look for them: their id is ours.
    case 'Provenance':
    case 'AuditEvent':
      return { method: 'PUT', url: addressOf(resource) };
  }
}

const byIdentifier = ([first]: readonly Identifier[]): string =>
  `identifier=${encodeURIComponent(`${first?.system ?? ''}|${first?.value ?? ''}`)}`;

/** The same resource with the addresses of the bundle; the server gives ids to what it finds by an identifier. */
function linked(resource: Resource, urls: ReadonlyMap<string, string>): Resource {
  const keepsId = resource.resourceType === 'Provenance' || resource.resourceType === 'AuditEvent';
  const members = Object.entries(resource).filter(([name]) => keepsId || name !== 'id');
  return withReferences(Object.fromEntries(members), urls) as Resource;
}

function withReferences(part: unknown, urls: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(part)) return part.map((one) => withReferences(one, urls));
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]: [string, unknown]) => [
      key,
      key === 'reference' && typeof value === 'string' ? (urls.get(value) ?? value) : withReferences(value, urls),
    ]),
  );
}
