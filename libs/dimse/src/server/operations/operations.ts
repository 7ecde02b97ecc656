import { COMMAND } from '../../message/elements';
import type { OperationName } from '../observer';
import { STATUS } from '../status';
import { findOperation } from './find';
import { moveOperation } from './move';
import type { Call, Operation } from './operation';
import { answerWith } from './refuse';
import { storeOperation } from './store';

/** What the command of a request begins; what is not offered is answered 0211 (PS3.7 annex C.5.25). */
export function begin(call: Call): { readonly name: OperationName; readonly operation: Operation } {
  switch (call.command.command) {
    case COMMAND.cEcho:
      return { name: 'echo', operation: answerWith(call, { status: STATUS.success }) };
    case COMMAND.cStore:
      return { name: 'store', operation: storeOperation(call) };
    case COMMAND.cFind:
      return { name: 'find', operation: findOperation(call) };
    case COMMAND.cMove:
      return { name: 'move', operation: moveOperation(call) };
    default:
      return { name: 'other', operation: answerWith(call, { status: STATUS.unrecognizedOperation }) };
  }
}
