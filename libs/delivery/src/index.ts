export type { Destination } from './destination';
export {
  aeTitle,
  type DestinationKind,
  type DestinationSettings,
  type ObjectKind,
  type SettingsOf,
} from './destination-settings';
export { openDestination, type DestinationTools } from './destinations/open-destination';
export { loadDestinations, type LoadedDestination } from './destinations/load-destinations';
export { readDestinations } from './destinations/read-destinations';
export { readTls, type TlsFiles } from './tls-files';
export type { Associate, AssociationRequest, OpenAssociation, StoreCommand } from './dicom/association';
export type { Encode } from './dicom/send-objects';
export type { Parcel, ParcelObject } from './parcel';
export type { SendReason, Sent } from './sent';
export { DeliveryWorker, type DeliveryWorkerParts } from './worker/delivery-worker';
export type {
  ClaimedDelivery,
  DeliveryKey,
  DeliveryObserver,
  DeliveryOutcome,
  DeliveryStore,
  Failure,
  Parcels,
} from './worker/ports';
