// Generated pages are laid out as `npm run format` would, so that it finds nothing to do on them.
import { format } from 'oxfmt';

/** @param {string} page Markdown */
export async function laidOut(page) {
  const { code, errors } = await format('page.md', page, { printWidth: 120 });
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  return code;
}
