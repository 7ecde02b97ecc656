// Each check takes one document and gives back what is wrong in it, as `{ line, problem }`.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { anchors, codeSpans, links, splitMarkdown } from './markdown.mjs';

const OUTSIDE = /^[a-z][a-z0-9+.-]*:/i;

/** Relative links lead to a file, and their anchors to a heading of it. */
export function checkLinks({ path, prose }) {
  return links(prose).flatMap(({ line, target }) => {
    if (OUTSIDE.test(target)) return [];
    const [file, anchor] = target.split('#');
    const whole = file === '' ? path : join(dirname(path), decodeURIComponent(file));
    if (!existsSync(whole)) return [{ line, problem: `the link to ${target} leads nowhere` }];
    if (anchor === undefined || !whole.endsWith('.md')) return [];
    const { prose: other } = splitMarkdown(readFileSync(whole, 'utf8'));
    return anchors(other).has(anchor) ? [] : [{ line, problem: `${target}: there is no heading with this anchor` }];
  });
}

const PATH = /^(?:apps|libs|tools|tests|models|docs|bench|bin|deploy)\/[\w./-]+$/;

/** A path of the project in backticks is there. Names with a star or an angle bracket are patterns, and pass. */
export function checkPaths({ prose, root }) {
  return codeSpans(prose).flatMap(({ line, text }) =>
    !PATH.test(text) || existsSync(join(root, text)) ? [] : [{ line, problem: `there is no ${text}` }],
  );
}

/** Lines that a reader would type: in fenced blocks of a shell or of no language, and in backticks. */
const commandLines = ({ blocks, prose }) => [
  ...codeSpans(prose),
  ...blocks
    .filter(({ info }) => ['', 'sh', 'bash', 'console', 'text'].includes(info))
    .flatMap(({ line, text }) => text.split('\n').map((one, index) => ({ line: line + 1 + index, text: one }))),
];

const NPM_ITSELF = new Set(['ci', 'install', 'i', 'exec', 'ls', 'pkg', 'audit']);

/** Every `npm run X`, `npm start`, `npm test` is a script of package.json. */
export function checkScripts(document, { scripts }) {
  return commandLines(document).flatMap(({ line, text }) =>
    [...text.matchAll(/\bnpm (run )?([a-z][a-z0-9:-]*)/g)].flatMap(([, run, name]) =>
      scripts.has(name) || (run === undefined && NPM_ITSELF.has(name))
        ? []
        : [{ line, problem: `package.json has no script "${name}"` }],
    ),
  );
}

/** Every `medserve SUBCOMMAND --option` is one that the command knows. What follows a `#` or two spaces is a remark. */
export function checkCommands(document, { command }) {
  return commandLines(document).flatMap(({ line, text }) => {
    const typed = /^(?:[A-Z_]+=\S+ )*(?:\$ )?(?:npx )?medserve(?: (.*))?$/.exec(text.trim())?.[1];
    const rest = typed ?? /^npm start -- (.*)$/.exec(text.trim())?.[1]?.replace(/^/, 'up ');
    if (rest === undefined) return [];
    return unknownWords(command, rest.split(/\s#|\s{2,}/)[0].split(' ')).map((problem) => ({ line, problem }));
  });
}

function unknownWords(command, words) {
  let at = command;
  const problems = [];
  for (const word of words) {
    const next = at.commands.find((one) => one.name() === word);
    if (next !== undefined) at = next;
    else if (word.startsWith('--') && !knows(at, word.slice(2).split('=')[0])) {
      problems.push(`"medserve ${nameOf(at)}" has no option ${word}`);
    } else if (/^[a-z]/.test(word) && at.commands.length > 0 && word !== 'help') {
      problems.push(`"medserve ${nameOf(at)}" has no subcommand "${word}"`);
      break;
    }
  }
  return problems;
}

const knows = (command, option) => option === 'help' || command.options.some(({ long }) => long === `--${option}`);
const nameOf = (command) => (command.parent === null ? '' : `${nameOf(command.parent)} ${command.name()}`.trim());

/** White space and trailing commas are the formatter's, not the writer's. */
const squeeze = (text) => text.replaceAll(/\s+/g, '').replaceAll(/,(?=[)\]}])/g, '');

/** A block marked `file=PATH` is contained in that file; a line `// ...` or `# ...` stands for what was left out. */
export function checkExcerpts({ blocks, root }) {
  return blocks.flatMap(({ line, rest, text }) => {
    const file = /(?:^|\s)file=(\S+)/.exec(rest)?.[1];
    if (file === undefined) return [];
    const whole = join(root, file);
    if (!existsSync(whole) || !statSync(whole).isFile()) return [{ line, problem: `there is no ${file}` }];
    let left = squeeze(readFileSync(whole, 'utf8'));
    for (const piece of text.split(/^\s*(?:\/\/|#) \.\.\.\s*$/m).map(squeeze)) {
      const at = left.indexOf(piece);
      if (at === -1) return [{ line, problem: `the block is not what ${file} holds: ${piece.slice(0, 60)}` }];
      left = left.slice(at + piece.length);
    }
    return [];
  });
}

/** A row of the table of metrics. */
export const metricRowOf = ({ name, type, labels, help }) =>
  `| \`${name}\` | ${type} | ${labels.join(', ')} | ${help.replaceAll('|', '\\|')} |`;

/** The page of metrics has a row for every one that the platform declares, in the words of the code, and no other. */
export function checkMetrics({ prose }, { metrics }) {
  const listed = prose.flatMap(({ line, text }) => {
    const name = /^\|\s*`((?:medserve|nv)_\w+)`\s*\|/.exec(text)?.[1];
    return name === undefined ? [] : [{ line, name, text }];
  });
  const declared = new Map(metrics.map((metric) => [metric.name, metric]));
  const names = new Set(listed.map(({ name }) => name));
  const missing = metrics.filter(({ name }) => !names.has(name));
  return [
    ...missing.map(({ name }) => ({ line: listed[0]?.line ?? 1, problem: `the list of metrics lacks ${name}` })),
    ...listed.flatMap(({ line, name, text }) => {
      const metric = declared.get(name);
      if (metric === undefined) return [{ line, problem: `there is no metric ${name}` }];
      const row = metricRowOf(metric);
      return squeeze(text) === squeeze(row) ? [] : [{ line, problem: `the list of metrics should have: ${row}` }];
    }),
  ];
}

/** The conformance statement is what the tables of the code make of it. */
export async function checkConformance({ whole }, { conformance }) {
  const wanted = (await conformance()).split('\n');
  const line = whole.split('\n').findIndex((text, index) => text !== wanted[index]);
  const isCurrent = whole === wanted.join('\n');
  return isCurrent ? [] : [{ line: Math.max(0, line) + 1, problem: 'it is not current: npm run conformance' }];
}

const ROW = /^\|\s*`([a-z_]+)`\s*\|\s*(\d{3})\s*\|\s*(.*?)\s*\|\s*(.*?)\s*\|$/;

/** The table of errors holds every reason, in the words of the code, and no other. */
export function checkErrors({ prose }, { errors }) {
  const start = prose.find(({ text }) => /^\|\s*code\s*\|\s*status\s*\|/.test(text));
  if (start === undefined) return [{ line: 1, problem: 'the table of errors ("code | status | ...") is missing' }];
  const rows = prose.flatMap(({ line, text }) => {
    const found = ROW.exec(text);
    return found
      ? [{ line, code: found[1], text: rowOf({ code: found[1], status: found[2], title: found[3], remedy: found[4] }) }]
      : [];
  });
  const written = new Map(rows.map((row) => [row.code, row]));
  const wrong = errors.flatMap((error) => {
    const row = written.get(error.code);
    return row?.text === rowOf(error)
      ? []
      : [{ line: (row ?? start).line, problem: `the table of errors should have: ${rowOf(error)}` }];
  });
  const codes = new Set(errors.map(({ code }) => code));
  const invented = rows.filter(({ code }) => !codes.has(code));
  return [...wrong, ...invented.map(({ line, code }) => ({ line, problem: `there is no error "${code}"` }))];
}

export const rowOf = ({ code, status, title, remedy }) => `| \`${code}\` | ${status} | ${title} | ${remedy} |`;
