export { showMissingPage } from './missing-page';
export { readConsole, type ConsoleFiles } from './read-console';
export { serveConsole } from './serve-console';
