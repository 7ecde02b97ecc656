import type { EventHandler } from '@medserve/events';
import type { Instruments, Logger } from '@medserve/runtime';
import { failpoint } from '@medserve/runtime/failpoints';
import type { Ledger } from '@medserve/storage';

/** Hands what the bus brings to the ledger, and tells what somebody must look at; of requests that are traced, in a span with links to them. */
export function appendHandler(ledger: Pick<Ledger, 'append'>, logger: Logger, instruments: Instruments): EventHandler {
  return async (messages) => {
    const done = instruments.ledgerAppendSeconds.startTimer();
    const traceparents = messages.map(({ traceparent }) => traceparent);
    const span = instruments.tracer.together('ledger append', 'consumer', traceparents);
    let isError = true;
    try {
      const { count, refused, parked, held } = await ledger.append(messages);
      await failpoint('recorder.after-append');
      instruments.ledgerSize.inc(count);
      if (refused.length > 0) {
        logger.error('messages that are not the committed events were refused by the ledger', {
          count: refused.length,
        });
      }
      if (parked.length > 0) {
        logger.error('committed events that cannot be read were put aside; the ledger tells of each', {
          count: parked.length,
        });
      }
      if (held.length > 0) {
        logger.error('logs are not extended: what was published of them is ahead of the database, or another', {
          count: held.length,
        });
      }
      isError = false;
    } catch (error) {
      logger.warn('the ledger could not take events; they are tried again', { error });
      throw error;
    } finally {
      done();
      span?.note({ count: messages.length });
      span?.end({ isError });
    }
  };
}
