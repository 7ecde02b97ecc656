import { late } from '../ui';

/** What an image is asked about with: fetched while a person looks for one. */
export const LateWorkspace = late(async () => (await import('./workspace')).Workspace);
