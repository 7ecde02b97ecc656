import { CERTAINTY, labelSystemOf, SYSTEM } from '../codes/systems';
import { trackingUid } from '../identity/result-identity';
import type { InteropInput, InteropRun } from '../input';
import { percent } from '../statements/percent';
import type { Detail, Statement, Value } from '../statements/statement';
import { statementsOf } from '../statements/statements-of';
import { inWords } from '../statements/in-words';
import { shortEnough } from '../words/plain';
import { sourceDetails } from '../words/source';
import { conceptOf, given, narrative, quantityOf, some, startedOf, terminology, uidIdentifier } from './elements';
import { patientReference } from './patient';
import type { Observation, ObservationComponent, Reference } from './r4';
import { deviceReference, imagesReference } from './references';

/** The observations of one answer: those that stand for themselves, and with them the members of which they consist. */
export interface RunObservations {
  readonly top: readonly Observation[];
  readonly all: readonly Observation[];
}

/** One observation a statement; their ids are the request's with a number, in the order of the answer. */
export function observationsOf(input: InteropInput, run: InteropRun): RunObservations {
  const all: Observation[] = [];
  const make = (statement: Statement): Observation => {
    const members = (statement.members ?? []).map(make);
    const one = observationOf(input, run, statement, `${run.requestId}-${String(all.length + 1)}`, members);
    all.push(one);
    return one;
  };
  const top = statementsOf(run.document).map(make);
  return { top, all };
}

function observationOf(
  input: InteropInput,
  run: InteropRun,
  statement: Statement,
  id: string,
  members: readonly Observation[],
): Observation {
  const { model } = run.document.provenance;
  const own = labelSystemOf(model.name);
  const { code, certainty, details = [], notes = [] } = statement;
  const sure: Detail[] = certainty === undefined ? [] : [{ code: CERTAINTY, value: percent(certainty) }];
  return given<Observation>({
    resourceType: 'Observation',
    id,
    text: narrative(inWords(statement)),
    identifier: [uidIdentifier(trackingUid(input, run, statement))],
    status: 'preliminary',
    category: [terminology('observation-category', 'imaging', 'Imaging')],
    code: conceptOf([code], own),
    subject: patientReference(input.context),
    effectiveDateTime: input.context === undefined ? undefined : startedOf(input.context.study),
    issued: input.now.toISOString(),
    performer: [{ display: `${model.name} ${model.version} (AI)` }],
    ...valueOf(statement.value, own),
    note: some(notes.filter((text) => text.trim() !== '').map((text) => ({ text: shortEnough(text) }))),
    device: deviceReference(input, run),
    derivedFrom: [imagesReference(input, run)],
    hasMember: some(members.map((member): Reference => ({ reference: `Observation/${member.id ?? ''}` }))),
    component: some([...sure, ...details, ...sourceDetails(run)].map((detail) => componentOf(detail, own))),
  });
}

type ValueOfObservation = Pick<
  Observation,
  'valueQuantity' | 'valueCodeableConcept' | 'valueString' | 'dataAbsentReason'
>;

function valueOf(value: Value, own: string): ValueOfObservation {
  switch (value.kind) {
    case 'coded':
      return { valueCodeableConcept: conceptOf(value.codes, own, value.text) };
    case 'quantity':
      return { valueQuantity: quantityOf(value.value, value.unit) };
    case 'text':
      return value.text.trim() === '' ? absent('No text was written.') : { valueString: shortEnough(value.text) };
    case 'abstained':
      return absent('The AI model abstained: left to a person.');
    case 'group':
      return {};
  }
}

const absent = (text: string): ValueOfObservation => ({
  dataAbsentReason: { ...terminology('data-absent-reason', 'unknown', 'Unknown'), text },
});

const componentOf = ({ code, value }: Detail, own: string): ObservationComponent => ({
  code: conceptOf([code], code === CERTAINTY ? SYSTEM.dicom : own),
  ...(value.kind === 'quantity' ? { valueQuantity: quantityOf(value.value, value.unit) } : { valueString: value.text }),
});
