import type { CommandSet } from '../message/command-set';
import { ELEMENT, RESPONSE } from '../message/elements';
import type { Outcome } from './handler';

/** The command set of the response to a request (PS3.7 9.3, 10.3); `more` are numbers by element. */
export function responseTo(
  request: CommandSet,
  { status, comment }: Outcome,
  more: ReadonlyMap<number, number> = new Map(),
): ReadonlyMap<number, string | number> {
  const sopClass = request.text(ELEMENT.affectedSopClassUid) ?? request.text(ELEMENT.requestedSopClassUid);
  const sopInstance = request.text(ELEMENT.affectedSopInstanceUid) ?? request.text(ELEMENT.requestedSopInstanceUid);
  const fields = new Map<number, string | number>([
    [ELEMENT.commandField, request.command | RESPONSE],
    [ELEMENT.messageIdBeingRespondedTo, request.messageId],
    [ELEMENT.status, status],
    ...more,
  ]);
  if (sopClass !== undefined) fields.set(ELEMENT.affectedSopClassUid, sopClass);
  if (sopInstance !== undefined) fields.set(ELEMENT.affectedSopInstanceUid, sopInstance);
  if (comment !== undefined) fields.set(ELEMENT.errorComment, comment);
  return fields;
}
