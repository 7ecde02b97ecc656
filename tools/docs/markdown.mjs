// Reads of a Markdown file what docs-check holds against the product: links, headings, code.
const FENCE = /^(\s*)(`{3,}|~{3,})\s*(\S*)\s*(.*)$/;

/**
 * @param {string} text
 * @returns {{ blocks: { line: number, info: string, rest: string, text: string }[], prose: { line: number, text: string }[] }}
 *   Fenced blocks, and the lines outside of them; `line` counts from 1.
 */
export function splitMarkdown(text) {
  const blocks = [];
  const prose = [];
  let open;
  text.split('\n').forEach((content, index) => {
    const fence = FENCE.exec(content);
    if (open === undefined && fence) {
      open = { mark: fence[2], line: index + 1, info: fence[3], rest: fence[4], lines: [] };
    } else if (
      open !== undefined &&
      content.trim().startsWith(open.mark) &&
      content.trim().length === open.mark.length
    ) {
      blocks.push({ line: open.line, info: open.info, rest: open.rest, text: open.lines.join('\n') });
      open = undefined;
    } else if (open !== undefined) {
      open.lines.push(content);
    } else {
      prose.push({ line: index + 1, text: content });
    }
  });
  return { blocks, prose };
}

/** Text in single or double backticks, with the line it stands in. */
export const codeSpans = (prose) =>
  prose.flatMap(({ line, text }) =>
    [...text.matchAll(/(`{1,2})(.+?)\1/g)].map((found) => ({ line, text: found[2].trim() })),
  );

/** Targets of inline links and images, code left out. */
export const links = (prose) =>
  prose.flatMap(({ line, text }) =>
    [...text.replaceAll(/(`{1,2}).+?\1/g, '').matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)].map((found) => ({
      line,
      target: found[1],
    })),
  );

/** The anchors that a hosting site gives to the headings: lower case, spaces to hyphens, punctuation gone, doubles numbered. */
export function anchors(prose) {
  const seen = new Map();
  return new Set(
    prose.flatMap(({ text }) => {
      const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(text)?.[1];
      if (heading === undefined) return [];
      const slug = heading
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, '')
        .replaceAll(/\s/g, '-');
      const count = seen.get(slug) ?? 0;
      seen.set(slug, count + 1);
      return [count === 0 ? slug : `${slug}-${count}`];
    }),
  );
}
