import type { Reply } from './post';

/** A page for people: the login of a proxy, the notice of a network. Whatever its status says, no receiver of results wrote it. */
export function isPage({ headers, body }: Pick<Reply, 'headers' | 'body'>): boolean {
  if (body.length === 0) return false;
  const start = body
    .toString('utf8', 0, 1_024)
    .replace(/^\uFEFF/, '')
    .trimStart();
  return (
    /^(text\/html|application\/xhtml\+xml)\b/i.test(headers['content-type'] ?? '') ||
    /^<(!doctype html|html)\b/i.test(start)
  );
}
