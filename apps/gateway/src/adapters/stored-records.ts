import type { ContentVault, RecordStore } from '@medserve/storage';
import type { Records } from '../infer/ports';
import { PROBLEM_TYPE } from '../http/problem';
import { asRecorded } from './as-recorded';

/**
 * The record in PostgreSQL; `owner` is this gateway, whose death the sweeper notices by its lock.
 *
 * Answers are sealed before they are stored; the record's hash is over the bytes that are sent. Problems are stored as they are:
 * they are words of ours, and a request has to end on record also where a key cannot be had. What is read is held against the record.
 */
export function storedRecords(store: RecordStore, owner: string, vault: ContentVault): Records {
  return {
    accept: async (acceptance) => {
      const outcome = await store.accept({ ...acceptance, owner });
      // The key is made while the model works.
      if (outcome.kind === 'accepted') vault.prepare(acceptance.event);
      return outcome;
    },
    finish: async (ending) => {
      const { event, result } = ending;
      if (result.contentType === PROBLEM_TYPE) return store.finish(ending);
      return vault.store(event, result.bytes, (bytes) => store.finish({ ...ending, result: { ...result, bytes } }));
    },
    find: async (tenant, id) => {
      const found = await store.find(tenant, id);
      if (found === undefined) return undefined;
      return found.status === 'accepted'
        ? { status: found.status }
        : asRecorded({ store, vault }, { tenant, request: id }, found);
    },
  };
}
