import { late } from '../ui';

/** What shows an image: large, and fetched while a person looks for one. */
export const LateStage = late(async () => (await import('./stage')).Stage);
