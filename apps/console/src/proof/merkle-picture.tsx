import { useText } from '../i18n';
import { hexOf, type PathStep } from './log';
import { TEXTS } from './messages';
import { layOutPath, NODE, type PathNode } from './path-layout';
import css from './proof.module.css';
import { shortHash } from './short-hash';

/** How far from the middle of a node a word beside it begins. */
const LABEL_AT = NODE.width / 2 + 6;

export interface MerklePictureProps {
  readonly sequence: number;
  /** Hash of the entry, in hex. */
  readonly leaf: string;
  readonly path: readonly PathStep[];
}

/** The way from an entry to the root as a picture, and below it in words with every hash. */
export function MerklePicture({ sequence, leaf, path }: MerklePictureProps) {
  const t = useText(TEXTS);
  const joins = path.map(({ side, sibling, parent }) => ({ side, sibling: hexOf(sibling), parent: hexOf(parent) }));
  const { width, height, nodes, lines } = layOutPath(leaf, joins);
  return (
    <figure className={css['path']}>
      <figcaption>{t('path', { sequence: String(sequence) })}</figcaption>
      <svg
        className={css['picture']}
        viewBox={`0 0 ${String(width)} ${String(height)}`}
        role="img"
        aria-label={t('picture', { count: joins.length })}
      >
        {lines.map((line, at) => (
          <line key={at} className={css['line']} {...line} />
        ))}
        {nodes.map((node, at) => (
          <Node key={at} {...node} />
        ))}
      </svg>
      <details>
        <summary>{t('joins')}</summary>
        <ol className={css['joins']}>
          <li>{t('joinFirst', { leaf })}</li>
          {joins.map(({ side, sibling, parent }) => (
            <li key={parent}>{t(side === 'left' ? 'joinLeft' : 'joinRight', { sibling, parent })}</li>
          ))}
        </ol>
      </details>
    </figure>
  );
}

function Node({ kind, hash, x, y, freeSide }: PathNode) {
  const t = useText(TEXTS);
  const label = kind === 'root' ? t('root') : kind === 'entry' ? t('entry') : undefined;
  return (
    <g className={css[kind]}>
      <rect x={x - NODE.width / 2} y={y - NODE.height / 2} width={NODE.width} height={NODE.height} rx={4} />
      <text x={x} y={y}>
        {shortHash(hash)}
      </text>
      {label === undefined ? null : (
        <text
          className={css['nodeLabel']}
          data-side={freeSide}
          x={freeSide === 'left' ? x - LABEL_AT : x + LABEL_AT}
          y={y}
        >
          {label}
        </text>
      )}
    </g>
  );
}
