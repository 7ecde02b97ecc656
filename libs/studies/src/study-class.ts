import type { Class } from '@medserve/serving';

/** How urgent a study is: as urgent as its requests. */
export type StudyClass = Class;
