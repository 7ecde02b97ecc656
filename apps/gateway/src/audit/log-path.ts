import { bundlePath, TILE_WIDTH, tilePath, type TilePlace } from '@medserve/ledger';

export type LogPath =
  | { readonly kind: 'tile'; readonly place: TilePlace; readonly width: number }
  | { readonly kind: 'entries'; readonly index: number; readonly width: number };

const PATH = /^tile\/(entries|\d|[1-5]\d|6[0-3])\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/(\d{1,3}))?$/;

/**
 * What a path below the log's prefix asks for (C2SP tlog-tiles): `tile/<L>/<N>[.p/<W>]`, `tile/entries/<N>[.p/<W>]`.
 *
 * @returns undefined for any text but the one spelling of a place
 */
export function parseLogPath(path: string): LogPath | undefined {
  const [, level = '', groups = '', partial] = PATH.exec(path) ?? [];
  if (groups === '') return undefined;
  const index = Number(groups.replace(/[x/]/g, ''));
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  if (width < 1 || width > TILE_WIDTH) return undefined;
  const found: LogPath =
    level === 'entries'
      ? { kind: 'entries', index, width }
      : { kind: 'tile', place: { level: Number(level), index }, width };
  return pathOf(found) === path ? found : undefined;
}

const pathOf = (path: LogPath): string =>
  path.kind === 'entries' ? bundlePath(path.index, path.width) : tilePath(path.place, path.width);
