import type { RecordStore } from '@medserve/storage';
import type { Records } from '../infer/ports';

/** The record in PostgreSQL; `owner` is this gateway, whose death the sweeper notices by its lock. */
export function storedRecords(store: RecordStore, owner: string): Records {
  return {
    accept: (acceptance) => store.accept({ ...acceptance, owner }),
    finish: (ending) => store.finish(ending),
    find: async (tenant, id) => {
      const request = await store.request(tenant, id);
      if (request === undefined) return undefined;
      const result = await store.result(tenant, id);
      return { status: request.status, ...(result === undefined ? {} : { result }) };
    },
  };
}
