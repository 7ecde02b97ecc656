import { dirname, join } from 'node:path';
import { Archive } from '@medserve/archive';
import { loadDestinations } from '@medserve/delivery';
import { isStorableClass } from '@medserve/dimse';
import { InstancePool, ResultWriter } from '@medserve/imaging';
import { DoorTls } from '@medserve/rpc';
import { watchCertificate, type Closable, type Instruments, type Logger } from '@medserve/runtime';
import type { TenantReader } from '@medserve/security';
import { HOME, type Storage } from '@medserve/storage';
import { loadRoutes } from '@medserve/studies';
import type { Activities } from '../activities/activities';
import type { Denials } from '../activities/denials';
import { DeliveryList } from '../deliveries/delivery-list';
import { openDeliveries, type Deliveries } from '../deliveries/open-deliveries';
import { StoredParcels } from '../deliveries/stored-parcels';
import { DICOM_WEB } from '../dicomweb/base-url';
import { openDimse, type Dimse } from '../dimse/open-dimse';
import { EQUIPMENT } from '../fhir/equipment';
import type { ResultContexts } from '../fhir/result-contexts';
import type { PlatformUrl } from '../http/platform-url';
import type { ImagePreparation } from '../infer/prepare-image';
import type { Records } from '../infer/ports';
import type { Road } from '../infer/road';
import type { References } from '../privacy/subject-hashes';
import type { Doorkeeper } from '../quotas/doorkeeper';
import type { GatewaySettings } from '../settings';
import { archiveMetrics } from '../studies/archive-metrics';
import { StudyRoom } from './study-room';

export interface OpenStudiesParts {
  readonly settings: GatewaySettings;
  readonly storage: Storage;
  readonly records: Records;
  readonly contexts: ResultContexts;
  readonly preparation: ImagePreparation;
  readonly road: Road;
  readonly activities: Activities;
  readonly denials: Pick<Denials, 'unknown'>;
  readonly doorkeeper: Doorkeeper;
  readonly references: References;
  readonly url: PlatformUrl;
  /** Who this gateway is among those that share the work. */
  readonly holder: string;
  readonly instruments: Instruments;
  readonly logger: Logger;
}

/** Files that are read at once for what is more than their bytes. */
const READ = { workers: 2, queueLimit: 256, timeoutMs: 60_000 };
/** Studies whose results are written one after the other. */
const WRITE = { queueLimit: 16, timeoutMs: 120_000 };
const TIDY_EVERY_MS = 3_600_000;

/** What the road of a study consists of in one gateway, in the order in which a study comes along. */
export interface OpenedStudies extends Closable {
  readonly archive: Archive;
  readonly pool: InstancePool;
  readonly room: StudyRoom;
  readonly deliveries: Deliveries;
  readonly deliveryList: DeliveryList;
  /** Whether there is a route of this name, which a sender may choose. */
  readonly isRoute: (tenant: string, name: string) => boolean;
  /** Where DICOM nodes and DICOMweb reach this gateway. @param url of its HTTP door */
  addresses(url: string): Readonly<Record<string, string>>;
}

/**
 * The road of a study: taken in by the DICOM node or DICOMweb, kept in the archive, brought on by the engine, and its results
 * delivered.
 *
 * @throws Error that says what is wrong with routes, destinations, the folder of studies, or a port
 */
export async function openStudies(parts: OpenStudiesParts): Promise<OpenedStudies> {
  const { settings, storage, references, activities, denials, logger, instruments, url } = parts;
  const routes = await loadRoutes(settings.MEDSERVE_ROUTES);
  const destinations = loadDestinations(settings.MEDSERVE_DESTINATIONS, 'MEDSERVE_DESTINATIONS');
  const archive = await Archive.open({
    root: settings.MEDSERVE_STUDIES_DIR ?? join(dirname(dirname(settings.MEDSERVE_PEPPER_FILE)), 'studies'),
    index: storage.archive,
    keepDays: settings.MEDSERVE_STUDIES_KEEP_DAYS,
    patientOf: (tenant, patient) => references.patient(tenant, patient),
    takesClass: isStorableClass,
    observer: archiveMetrics(instruments),
    onFailure: (error) => {
      logger.warn('the archive could not be tidied; it is tried again', { error });
    },
  });
  archive.keepTidy(TIDY_EVERY_MS);
  // The room, once there is one: a study whose last result has arrived has ended, and says so at once.
  let settled = (): void => undefined;
  const deliveries = openDeliveries({
    destinations,
    store: storage.deliveries,
    parcels: new StoredParcels({ ...parts, studies: storage.studies.store, archive, url: () => url.get() }),
    aet: settings.MEDSERVE_AET,
    url: () => url.get(),
    onSettled: () => {
      settled();
    },
    instruments,
    logger,
  });
  const writer = new ResultWriter(WRITE);
  const room = new StudyRoom({
    ...parts,
    store: storage.studies,
    workitems: storage.workitems,
    archive,
    writer,
    equipment: EQUIPMENT,
    routes,
    destinations: deliveries.targetsOf,
    deliver: () => {
      deliveries.wake();
    },
  }).start();
  settled = () => {
    room.wake();
  };
  const pool = new InstancePool(READ);
  const close = async (node?: Dimse): Promise<void> => {
    await Promise.all([node?.close(), room.close(), deliveries.close()]);
    // What all of it stands on.
    await Promise.all([pool.close(), writer.close()]);
    await archive.close();
  };
  const { tenants } = storage.identity;
  const node = { archive, pool, deliveries, references, tenants, activities, denials, instruments, logger };
  const dimse = await openNode(settings, node).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    archive,
    pool,
    room,
    deliveries,
    deliveryList: new DeliveryList({
      store: storage.deliveries,
      activities,
      insist: () => {
        deliveries.insist();
      },
    }),
    isRoute: (tenant, name) => room.routes.of(tenant).some((route) => route.name === name),
    addresses: (at) => ({
      dicomweb: `${at}${DICOM_WEB}`,
      ...(dimse?.address === undefined ? {} : { dimse: dimse.address }),
      ...(dimse?.tlsAddress === undefined ? {} : { dimseTls: dimse.tlsAddress }),
      ...(dimse === undefined ? {} : { aet: settings.MEDSERVE_AET }),
    }),
    close: () => close(dimse),
  };
}

interface NodeParts {
  readonly archive: Archive;
  readonly pool: InstancePool;
  readonly deliveries: Deliveries;
  readonly references: References;
  readonly tenants: TenantReader;
  readonly activities: Activities;
  readonly denials: Pick<Denials, 'unknown'>;
  readonly instruments: Instruments;
  readonly logger: Logger;
}

async function openNode(settings: GatewaySettings, { deliveries, ...parts }: NodeParts): Promise<Dimse | undefined> {
  const port = settings.MEDSERVE_DIMSE_PORT;
  const tlsPort = settings.MEDSERVE_DIMSE_TLS_PORT;
  if (port === undefined && tlsPort === undefined) return undefined;
  const door = DoorTls.open(settings.MEDSERVE_DIMSE_TLS_DIR, { observer: watchCertificate('dicom', parts) });
  return openDimse({
    ...parts,
    host: settings.MEDSERVE_DIMSE_HOST,
    port,
    tls: door && tlsPort !== undefined ? { port: tlsPort, door } : undefined,
    aet: settings.MEDSERVE_AET,
    peers: settings.MEDSERVE_DIMSE_PEERS,
    home: HOME,
    destinationOf: deliveries.nodeOf,
  });
}
