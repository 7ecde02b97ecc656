export {
  partitionOf,
  type EventBus,
  type EventHandler,
  type EventMessage,
  type Subscription,
  type TransportChange,
} from './event-bus';
export { ACTIVITIES, type Activity, type ActivityEvent } from './activity-event';
export { decodeEvent, encodeEvent, MAX_EVENT_BYTES } from './encode-event';
export { momentOfId, newEventId } from './event-id';
export {
  auditEventOf,
  bundleOf,
  searchSetOf,
  type AuditEvent,
  type Bundle,
  type LedgerPlace,
  type SearchSet,
} from './fhir';
export { isId } from './is-id';
export { isRecordEvent, type LedgerEvent } from './ledger-event';
export { InProcessBus } from './in-process-bus';
export { KafkaBus, type KafkaBusOptions } from './kafka/kafka-bus';
export type { KafkaLogin, SaslMechanism } from './kafka/kafka-login';
export { kafkaOf, kafkaSettings, withKafkaRules, type KafkaPlace } from './kafka/kafka-settings';
export { KafkaTls } from './kafka/kafka-tls';
export { describeTopic, type PartitionState } from './kafka/topic';
export type { KafkaLog } from './kafka/log-creator';
export { SCORES, type ObservedFacts, type WarningCode } from './observed';
export type { Outbox } from './outbox';
export { DOORS, inputFields, PURPOSES, type Door, type RecordEvent, type RecordEventName, WORD } from './record-event';
export { relayOnce, runRelay, type RelayOptions } from './relay';
