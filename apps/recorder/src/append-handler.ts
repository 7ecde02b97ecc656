import type { EventHandler } from '@medserve/events';
import type { Instruments, Logger } from '@medserve/runtime';
import type { Ledger } from '@medserve/storage';

/** Hands what the bus brings to the ledger, and tells what somebody must look at. */
export function appendHandler(ledger: Pick<Ledger, 'append'>, logger: Logger, instruments: Instruments): EventHandler {
  return async (messages) => {
    const done = instruments.ledgerAppendSeconds.startTimer();
    try {
      const { size, refused } = await ledger.append(messages);
      instruments.ledgerSize.set(size);
      if (refused.length > 0) {
        logger.error('messages that are not the committed events were refused by the ledger', {
          count: refused.length,
        });
      }
    } catch (error) {
      logger.warn('the ledger could not take events; they are tried again', { error });
      throw error;
    } finally {
      done();
    }
  };
}
