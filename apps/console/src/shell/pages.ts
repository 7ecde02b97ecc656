/** The pages, and the scope without which there is nothing to see on one. */
export const PAGES = [
  { to: '/', name: 'ask', scope: 'infer' },
  { to: '/work', name: 'work', scope: 'result:read' },
  { to: '/models', name: 'models', scope: 'model:read' },
  { to: '/pools', name: 'pools', scope: 'model:read' },
  { to: '/audit', name: 'audit', scope: 'audit:read' },
] as const;

/** The page that an address is of, or is below; undefined: of one that everybody may see. */
export const pageAt = (path: string): (typeof PAGES)[number] | undefined =>
  PAGES.find(({ to }) => path === to || (to !== '/' && path.startsWith(`${to}/`)));

/** The pages that stand in no menu. */
const OTHERS = [
  [/^\/answers\/[^/]+$/, 'answer'],
  [/^\/models\/[^/]+$/, 'model'],
  [/^\/sign-in$/, 'signIn'],
] as const;

/** The key of the name of the page at an address, `notFound` where there is none. A slash at its end is nothing. */
export function nameOfPage(path: string) {
  const bare = path === '/' ? path : path.replace(/\/$/, '');
  return (
    PAGES.find(({ to }) => to === bare)?.name ??
    OTHERS.find(([address]) => address.test(bare))?.[1] ??
    ('notFound' as const)
  );
}
