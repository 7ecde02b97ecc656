import type { RecordStore } from '@medserve/storage';
import type { Records } from '../infer/ports';

/** The record in PostgreSQL; `owner` is this gateway, whose death the sweeper notices by its lock. */
export function storedRecords(store: RecordStore, owner: string): Records {
  return {
    accept: (acceptance) => store.accept({ ...acceptance, owner }),
    finish: (ending) => store.finish(ending),
    find: (tenant, id) => store.find(tenant, id),
  };
}
