import { REASONS } from '@medserve/errors';
import { CLASSES } from '@medserve/serving';
import { areUsualFacts, usualFacts } from './observed';
import { ACTOR_KINDS, DOORS, NAMED_INPUTS, PURPOSES, SHA256, WORD, type RecordEvent } from './record-event';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UUID_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** As `toISOString` writes the instants of this century. */
const INSTANT = /^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const EVENTS: ReadonlySet<string> = new Set(['accepted', 'completed', 'failed', 'cancelled', 'abandoned']);
const URGENCIES: ReadonlySet<string> = new Set(CLASSES);
const KINDS: ReadonlySet<string> = new Set(ACTOR_KINDS);
const PURPOSE_CODES: ReadonlySet<string> = new Set(PURPOSES);
const DOOR_WORDS: ReadonlySet<string> = new Set(DOORS);
const DECISIONS: ReadonlySet<string> = new Set(['answered', 'abstained']);

/** The members of which the text below tells; an event with another one is not the usual. */
const MEMBERS: ReadonlySet<string> = new Set([
  'actor',
  'actorKind',
  'at',
  'class',
  'decision',
  'department',
  'door',
  'event',
  'expectedModel',
  'id',
  'inputs',
  'modality',
  'model',
  'observed',
  'outputSha256',
  'patient',
  'purpose',
  'reason',
  'request',
  'role',
  'schema',
  'site',
  'study',
  'task',
  'tenant',
]);

const is = (pattern: RegExp, text: unknown): boolean => typeof text === 'string' && pattern.test(text);
const isOrAbsent = (pattern: RegExp, text: unknown): boolean => text === undefined || is(pattern, text);

const isOneOrAbsent = (words: ReadonlySet<string>, text: string | undefined): boolean =>
  text === undefined || words.has(text);

function isUsual(event: RecordEvent): boolean {
  for (const member in event) if (!MEMBERS.has(member)) return false;
  const { model, inputs, class: urgency, reason, observed } = event;
  const schema: number = event.schema;
  return (
    is(UUID_7, event.id) &&
    schema === 1 &&
    is(UUID, event.request) &&
    EVENTS.has(event.event) &&
    is(INSTANT, event.at) &&
    is(WORD, event.tenant) &&
    is(WORD, event.actor) &&
    isOneOrAbsent(KINDS, event.actorKind) &&
    isOneOrAbsent(PURPOSE_CODES, event.purpose) &&
    isOneOrAbsent(DECISIONS, event.decision) &&
    isOneOrAbsent(DOOR_WORDS, event.door) &&
    isOrAbsent(WORD, event.expectedModel) &&
    isOrAbsent(WORD, event.site) &&
    isOrAbsent(WORD, event.department) &&
    isOrAbsent(WORD, event.role) &&
    isOrAbsent(SHA256, event.patient) &&
    isOrAbsent(SHA256, event.study) &&
    isOrAbsent(WORD, event.task) &&
    isOrAbsent(WORD, event.modality) &&
    isOrAbsent(SHA256, event.outputSha256) &&
    isOneOrAbsent(URGENCIES, urgency) &&
    (reason === undefined || Object.hasOwn(REASONS, reason)) &&
    (model === undefined || isUsualModel(model)) &&
    (observed === undefined || areUsualFacts(observed)) &&
    (inputs === undefined || (inputs.length <= NAMED_INPUTS && inputs.every((input) => is(SHA256, input))))
  );
}

function isUsualModel(model: NonNullable<RecordEvent['model']>): boolean {
  return Object.keys(model).length === 3 && is(WORD, model.name) && is(WORD, model.version) && is(WORD, model.digest);
}

const member = (name: string, text: string | undefined): string => (text === undefined ? '' : `"${name}":"${text}",`);

/**
 * The canonical JSON of an event as nearly all are, written straight down: two are made for every request, and general tools
 * take ten times as long to check and to sort them. All texts are of patterns in which JSON escapes nothing.
 *
 * @returns undefined for any other event, right or wrong: the schema decides
 */
export function usualEvent(event: RecordEvent): string | undefined {
  if (!isUsual(event)) return undefined;
  const { model, inputs, observed } = event;
  return (
    `{"actor":"${event.actor}",` +
    member('actorKind', event.actorKind) +
    `"at":"${event.at}",` +
    member('class', event.class) +
    member('decision', event.decision) +
    member('department', event.department) +
    member('door', event.door) +
    `"event":"${event.event}",` +
    member('expectedModel', event.expectedModel) +
    `"id":"${event.id}",` +
    (inputs === undefined ? '' : `"inputs":[${inputs.map((input) => `"${input}"`).join(',')}],`) +
    member('modality', event.modality) +
    (model === undefined
      ? ''
      : `"model":{"digest":"${model.digest}","name":"${model.name}","version":"${model.version}"},`) +
    (observed === undefined ? '' : `"observed":${usualFacts(observed)},`) +
    member('outputSha256', event.outputSha256) +
    member('patient', event.patient) +
    member('purpose', event.purpose) +
    member('reason', event.reason) +
    `"request":"${event.request}",` +
    member('role', event.role) +
    `"schema":1,` +
    member('site', event.site) +
    member('study', event.study) +
    member('task', event.task) +
    `"tenant":"${event.tenant}"}`
  );
}
