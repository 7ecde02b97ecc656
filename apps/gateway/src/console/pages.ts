/** The addresses at which the console shows a page: all of them are the same file, which reads the address itself. */
export const CONSOLE_PAGES = [
  '/',
  '/answers/:id',
  '/work',
  '/models',
  '/models/:name',
  '/pools',
  '/audit',
  '/sign-in',
] as const;
