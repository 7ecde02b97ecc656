import { ServingError } from '@medserve/errors';
import { ELEMENT } from '../../message/elements';
import { QUERY_RETRIEVE } from '../../uids/sop-classes';
import type { Moved, QueryRequest } from '../handler';
import { outcomeOf, STATUS } from '../status';
import { writeFailedInstances } from './failed-instances';
import { IdentifierOperation, type Finished } from './identifier';
import type { Call, Operation } from './operation';
import { answerWith } from './refuse';

const CLASSES: ReadonlySet<string> = new Set([QUERY_RETRIEVE.patientRootMove, QUERY_RETRIEVE.studyRootMove]);

/** C-MOVE (PS3.7 9.1.4, PS3.4 C.4.2): a pending response with the counts after each sub-operation. */
export function moveOperation(call: Call): Operation {
  if (CLASSES.has(call.context.abstractSyntax)) return new Move(call);
  return answerWith(call, { status: STATUS.sopClassNotSupported, comment: 'Not a class that is retrieved by' });
}

class Move extends IdentifierOperation {
  private remaining = 0;
  private completed = 0;
  private warnings = 0;
  private failed = 0;
  private readonly failedUids: string[] = [];

  protected async answer(request: QueryRequest): Promise<Finished> {
    const { command, handler } = this.call;
    const destination = command.text(ELEMENT.moveDestination) ?? '';
    try {
      for await (const moved of handler.move({ ...request, destination, messageId: command.messageId })) {
        this.count(moved);
        if (request.signal.aborted) return this.last(STATUS.cancelled);
        await this.call.respond({ status: STATUS.pending }, this.counts(true));
      }
    } catch (thrown) {
      if (request.signal.aborted) return this.last(STATUS.cancelled);
      if (thrown instanceof ServingError && thrown.category === 'not_found') {
        return { outcome: { status: STATUS.moveDestinationUnknown, comment: 'The destination is not known' } };
      }
      return { ...this.last(STATUS.processingFailure), outcome: outcomeOf(thrown) };
    }
    if (request.signal.aborted) return this.last(STATUS.cancelled);
    if (this.failed === 0 && this.warnings === 0) return this.last(STATUS.success);
    return this.last(this.completed + this.warnings > 0 ? STATUS.someSubOperationsFailed : STATUS.subOperationsFailed);
  }

  private count({ kind, count = 0, sopInstanceUid }: Moved): void {
    if (kind === 'total') {
      this.remaining = count;
      return;
    }
    this.remaining = Math.max(0, this.remaining - 1);
    if (kind === 'completed') this.completed += 1;
    if (kind === 'warning') this.warnings += 1;
    if (kind === 'failed') {
      this.failed += 1;
      if (sopInstanceUid !== undefined) this.failedUids.push(sopInstanceUid);
    }
  }

  /** Remaining is only there while something may remain (PS3.7 9.1.4.1.7). */
  private counts(withRemaining: boolean): ReadonlyMap<number, number> {
    const counts: (readonly [number, number])[] = [
      [ELEMENT.completedSubOperations, this.completed],
      [ELEMENT.failedSubOperations, this.failed],
      [ELEMENT.warningSubOperations, this.warnings],
    ];
    if (withRemaining) counts.push([ELEMENT.remainingSubOperations, this.remaining]);
    return new Map(counts.map(([element, value]) => [element, Math.min(value, 0xffff)]));
  }

  private last(status: number): Finished {
    const dataSet = writeFailedInstances(this.failedUids, this.call.context.transferSyntax);
    const more = this.counts(status === STATUS.cancelled);
    return { outcome: { status }, more, ...(this.failedUids.length > 0 && { dataSet }) };
  }
}
