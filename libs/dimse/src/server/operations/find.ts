import { QUERY_RETRIEVE } from '../../uids/sop-classes';
import type { QueryRequest } from '../handler';
import { outcomeOf, STATUS } from '../status';
import { IdentifierOperation, type Finished } from './identifier';
import type { Call, Operation } from './operation';
import { answerWith } from './refuse';

const CLASSES: ReadonlySet<string> = new Set([QUERY_RETRIEVE.patientRootFind, QUERY_RETRIEVE.studyRootFind]);

/** C-FIND (PS3.7 9.1.2, PS3.4 C.4.1): each match is a pending response, none is made before the one before was taken. */
export function findOperation(call: Call): Operation {
  if (CLASSES.has(call.context.abstractSyntax)) return new Find(call);
  return answerWith(call, { status: STATUS.sopClassNotSupported, comment: 'Not a class that is searched' });
}

class Find extends IdentifierOperation {
  protected async answer(request: QueryRequest): Promise<Finished> {
    try {
      for await (const { identifier, hasUnsupportedKeys } of this.call.handler.find(request)) {
        if (request.signal.aborted) break;
        const status = hasUnsupportedKeys ? STATUS.pendingWithoutKeys : STATUS.pending;
        await this.call.respond({ status }, undefined, identifier);
      }
    } catch (thrown) {
      if (!request.signal.aborted) return { outcome: outcomeOf(thrown) };
    }
    return { outcome: { status: request.signal.aborted ? STATUS.cancelled : STATUS.success } };
  }
}
