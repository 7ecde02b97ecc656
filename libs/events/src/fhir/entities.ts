import type { ActivityEvent } from '../activity-event';
import { isRecordEvent, type LedgerEvent } from '../ledger-event';
import type { RecordEvent } from '../record-event';
import { DOMAIN_RESOURCE, OTHER, OURS, PATIENT, PERSON, REPORT, SYSTEM_OBJECT, X_REQUEST_ID } from './codes';
import type { AuditDetail, AuditEntity } from './resources';

/** Where an event stands in the log, so that who reads the resource can ask for its proof. */
export interface LedgerPlace {
  /** The log's origin. */
  readonly log: string;
  readonly sequence: number;
  /** Leaf hash (RFC 6962), in hex. */
  readonly hash: string;
}

const details = (values: Readonly<Record<string, string | number | boolean | undefined>>): AuditDetail[] =>
  Object.entries(values).flatMap(([type, value]) =>
    value === undefined ? [] : [{ type, valueString: String(value) }],
  );

const withDetail = (entity: AuditEntity, detail: AuditDetail[]): AuditEntity =>
  detail.length === 0 ? entity : { ...entity, detail };

const placed = ({ log, sequence, hash }: LedgerPlace): AuditEntity => ({
  what: { identifier: { system: OURS.ledger, value: `${log}#${String(sequence)}` } },
  type: OTHER,
  detail: details({ leafHash: hash }),
});

const ofPatient = (patient: string | undefined): AuditEntity[] =>
  patient === undefined
    ? []
    : [
        {
          what: { type: 'Patient', identifier: { system: OURS.patient, value: patient } },
          type: PERSON,
          role: PATIENT,
        },
      ];

function ofRequest(event: RecordEvent): AuditEntity[] {
  const { request, task, modality, door, expectedModel, model, patient, study, inputs, timings } = event;
  const data = withDetail(
    { what: { identifier: { system: OURS.result, value: request } }, type: SYSTEM_OBJECT, role: REPORT },
    details({
      task,
      modality,
      class: event.class,
      door,
      expectedModel,
      decision: event.decision,
      outputSha256: event.outputSha256,
      inputsSha256: event.inputsSha256,
      inputCount: event.inputCount ?? inputs?.length,
      ...timings,
    }),
  );
  return [
    { what: { identifier: { value: request } }, type: X_REQUEST_ID },
    data,
    ...ofPatient(patient),
    ...(study === undefined
      ? []
      : [{ what: { type: 'ImagingStudy', identifier: { system: OURS.study, value: study } }, type: OTHER }]),
    ...(model === undefined
      ? []
      : [
          {
            what: {
              type: 'Device',
              identifier: { system: OURS.model, value: `${model.name}:${model.version}` },
              display: 'Model',
            },
            type: OTHER,
            detail: details({ name: model.name, version: model.version, digest: model.digest }),
          },
        ]),
    ...(inputs ?? []).map((sha256) => ({
      what: { identifier: { system: 'urn:medserve:input-sha256', value: sha256 } },
      type: OTHER,
    })),
  ];
}

const ofActivity = ({ subject, patient, facts = {} }: ActivityEvent): AuditEntity[] => [
  withDetail(
    { what: { identifier: { system: OURS.subject, value: subject } }, type: SYSTEM_OBJECT, role: DOMAIN_RESOURCE },
    details(facts),
  ),
  ...ofPatient(patient),
];

export const entitiesOf = (event: LedgerEvent, place: LedgerPlace): AuditEntity[] => [
  ...(isRecordEvent(event) ? ofRequest(event) : ofActivity(event)),
  placed(place),
];
