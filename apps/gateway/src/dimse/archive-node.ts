import type { Archive, KeptInstance } from '@medserve/archive';
import type {
  Admission,
  Matched,
  Moved,
  MoveRequest,
  NodeHandler,
  Peer,
  QueryRequest,
  StoreRequest,
  StoreSink,
} from '@medserve/dimse';
import { ServingError } from '@medserve/errors';
import type { Logger } from '@medserve/runtime';
import type { Principal } from '@medserve/security';
import type { Activities } from '../activities/activities';
import type { Denials } from '../activities/denials';
import { askedIn, searchDeed } from '../activities/search-deed';
import type { References } from '../privacy/subject-hashes';
import { subjectOf } from '../studies/recorded-store';
import type { MoveDestination } from './move-destination';
import { senderOf, type Known, type Peers } from './peers';
import type { ActiveTenants } from './active-tenants';
import { findMatches } from './query/find-matches';
import { instancesToMove } from './query/instances-to-move';
import { isSupported } from './query/is-supported';
import { readIdentifier } from './query/read-identifier';
import { writeMatch } from './query/write-match';
import { sendInstances, type SendParts } from './send-instances';
import { storeSink } from './store-sink';

export interface ArchiveNodeParts {
  readonly archive: Pick<Archive, 'receive' | 'query' | 'read' | 'open' | 'batchEnded'>;
  readonly pool: SendParts['pool'];
  readonly peers: Peers;
  readonly tenants: Pick<ActiveTenants, 'isActive' | 'require'>;
  /** Our own AE title. */
  readonly aet: string;
  readonly destinationOf: (tenant: string, aet: string) => MoveDestination | undefined;
  readonly activities: Pick<Activities, 'tell'>;
  readonly denials: Pick<Denials, 'unknown'>;
  readonly references: Pick<References, 'study' | 'patient'>;
  readonly logger: Pick<Logger, 'warn'>;
}

const NO_SCOPES: Principal['scopes'] = new Set();

/** A node as the record names it: a client by its title. */
const principalOf = ({ tenant, sender }: Known): Principal => ({
  id: sender,
  kind: 'client',
  tenant,
  scopes: NO_SCOPES,
});

const patientIn = ([first]: readonly Pick<KeptInstance, 'patient'>[]): { readonly patient?: string } =>
  first?.patient === undefined ? {} : { patient: first.patient };

/** The archive as a DICOM node: takes instances, finds them, and sends them to nodes that operators named. */
export class ArchiveNode implements NodeHandler {
  /** Whose studies an association has brought instances of. */
  private readonly bringing = new Map<string, string>();

  constructor(private readonly parts: ArchiveNodeParts) {}

  async admit(peer: Peer): Promise<Admission> {
    const admission = await this.admission(peer);
    // Of who is not known a title says nothing: it is counted with all others who came without a credential.
    if (admission.kind === 'rejected') this.parts.denials.unknown('unauthenticated');
    return admission;
  }

  private async admission(peer: Peer): Promise<Admission> {
    const { peers, tenants } = this.parts;
    const admission = peers.admit(peer);
    if (admission.kind === 'rejected') return admission;
    // Where it cannot be had, what is asked over the association is refused for that, with a status that says to come again.
    const isActive = await tenants.isActive(peers.known(peer).tenant).catch(() => true);
    return isActive ? admission : { kind: 'rejected', reason: 'calling-ae-unknown' };
  }

  async store({ peer, association, sopClassUid, sopInstanceUid, transferSyntaxUid }: StoreRequest): Promise<StoreSink> {
    const { tenant, route, sender } = this.parts.peers.known(peer);
    this.bringing.set(association, tenant);
    await this.parts.tenants.require(tenant);
    const origin = {
      tenant,
      door: 'dimse' as const,
      sender,
      batch: association,
      ...(route !== undefined && { route }),
    };
    return storeSink(this.parts.archive.receive(origin, { sopClassUid, sopInstanceUid, transferSyntaxUid }));
  }

  async *find({
    peer,
    sopClassUid,
    transferSyntaxUid,
    identifier: bytes,
    signal,
  }: QueryRequest): AsyncGenerator<Matched> {
    const { archive, peers, tenants, aet, activities, references } = this.parts;
    const identifier = readIdentifier(bytes, transferSyntaxUid, sopClassUid);
    const known = peers.known(peer);
    await tenants.require(known.tenant);
    const { level, keys } = identifier;
    const searched = { tenant: known.tenant, door: 'dimse' as const, level: level.toLowerCase(), ...askedIn(keys) };
    await activities.tell(principalOf(known), searchDeed(references, searched));
    const hasUnsupportedKeys = !keys.every((key) => isSupported(key, level));
    for await (const attributes of findMatches(archive, known.tenant, identifier, signal)) {
      const match = writeMatch({ identifier, attributes, retrieveAet: aet, transferSyntaxUid });
      yield { identifier: match, hasUnsupportedKeys };
    }
  }

  async *move(request: MoveRequest): AsyncGenerator<Moved> {
    const { archive, pool, peers, tenants, aet, destinationOf } = this.parts;
    const { peer, messageId, signal } = request;
    const known = peers.known(peer);
    await tenants.require(known.tenant);
    const destination = destinationOf(known.tenant, request.destination);
    if (destination === undefined) throw new ServingError('not_found', 'The destination is not known.');
    const identifier = readIdentifier(request.identifier, request.transferSyntaxUid, request.sopClassUid);
    const instances = await instancesToMove(archive, known.tenant, identifier, signal);
    await this.tellOf(known, destination.aet, instances);
    yield { kind: 'total', count: instances.length };
    const originator = { aet: peer.callingAet, messageId };
    yield* sendInstances(instances, { archive, pool, destination, aet, originator, signal });
  }

  ended(association: string): void {
    const tenant = this.bringing.get(association);
    if (tenant === undefined) return;
    this.bringing.delete(association);
    this.parts.archive.batchEnded({ tenant, batch: association }).catch((error: unknown) => {
      this.parts.logger.warn(
        'the end of an association was not kept; its studies are complete after their quiet time',
        {
          error,
        },
      );
    });
  }

  /** On record before the first of them leaves. */
  private async tellOf(
    known: Known,
    aet: string,
    instances: readonly Pick<KeptInstance, 'studyUid' | 'patient'>[],
  ): Promise<void> {
    const { activities, references } = this.parts;
    const by = principalOf(known);
    for (const [studyUid, ofStudy] of Map.groupBy(instances, (instance) => instance.studyUid)) {
      await activities.tell(by, {
        event: 'study_read',
        subject: subjectOf(references, known.tenant, studyUid),
        outcome: 'success',
        ...patientIn(ofStudy),
        facts: { door: 'dimse', destination: senderOf(aet), instances: ofStudy.length },
      });
    }
  }
}
