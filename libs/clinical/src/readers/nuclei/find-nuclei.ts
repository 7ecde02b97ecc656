import { findBasins, type Basin } from '../../pixels/basins';
import type { NucleiParameters } from './parameters';

export interface Nucleus extends Basin {
  /** Which stain made it visible. */
  readonly stain: 'haematoxylin' | 'counterstain';
}

export interface Maps {
  readonly width: number;
  readonly height: number;
  readonly nuclear: Float32Array;
  readonly spots: Float32Array;
  readonly counterstain: Float32Array;
  readonly tissue: Uint8Array;
  /** Prevailing radius in model pixels. */
  readonly radius: number;
}

type Settings = Pick<NucleiParameters, 'nuclei' | 'brownNuclei'>;

/** Nuclei, strongest first. Brown ones are looked for only where the counterstain may be DAB in nuclei. */
export function findNuclei(maps: Maps, settings: Settings, mayBeBrown: boolean): Nucleus[] {
  const blue = blueNuclei(maps, settings.nuclei);
  const brown = mayBeBrown ? brownNuclei(maps, settings, blue) : [];
  return [...blue, ...brown].sort((a, b) => b.peak - a.peak || a.at - b.at);
}

function blueNuclei(maps: Maps, settings: Settings['nuclei']): Nucleus[] {
  const candidates = basinsOf(maps, maps.nuclear, settings.leastStrength, settings);
  const least = Math.max(settings.leastStrength, settings.leastShare * typicalPeak(candidates));
  return candidates.filter(({ peak }) => peak >= least).map((basin) => ({ ...basin, stain: 'haematoxylin' }));
}

/**
 * Counterstain counts as a nucleus where it stands out of its surroundings like a spot: most of the density there is the
 * spot's own. A membrane or a stained cytoplasm does not do that. A nucleus already seen in haematoxylin is not counted again.
 */
function brownNuclei(maps: Maps, { nuclei, brownNuclei: settings }: Settings, blue: readonly Nucleus[]): Nucleus[] {
  const near = 0.8 * maps.radius;
  const taken = new Near(blue, maps.width, near);
  return basinsOf(maps, maps.spots, settings.leastStrength, nuclei)
    .filter(({ at, peak }) => peak >= settings.leastContrast * (maps.counterstain[at] as number) && !taken.has(at))
    .map((basin) => ({ ...basin, stain: 'counterstain' }));
}

function basinsOf(maps: Maps, strength: Float32Array, leastStrength: number, settings: Settings['nuclei']): Basin[] {
  const { width, height, tissue, radius } = maps;
  const inTissue = strength.map((value, at) => (tissue[at] ? value : 0));
  const leastPixels = settings.leastArea * Math.PI * radius * radius;
  return findBasins(inTissue, width, height, {
    threshold: settings.groundShare * leastStrength,
    saddleShare: settings.saddleShare,
  }).filter(({ peak, pixels }) => peak >= leastStrength && pixels >= leastPixels);
}

/** Median of the stronger half: what a well stained nucleus of this image reaches. */
function typicalPeak(basins: readonly Basin[]): number {
  const peaks = basins.map(({ peak }) => peak).sort((a, b) => b - a);
  return peaks[Math.floor(peaks.length / 4)] ?? 0;
}

/** Whether a pixel lies within a distance of one of some summits, by a grid of cells of that size. */
class Near {
  readonly #cells = new Map<string, [number, number][]>();

  constructor(
    summits: readonly Basin[],
    private readonly width: number,
    private readonly distance: number,
  ) {
    for (const { at } of summits) {
      const [x, y] = this.#place(at);
      const key = this.#key(Math.floor(x / distance), Math.floor(y / distance));
      this.#cells.set(key, [...(this.#cells.get(key) ?? []), [x, y]]);
    }
  }

  has(at: number): boolean {
    const [x, y] = this.#place(at);
    const [column, row] = [Math.floor(x / this.distance), Math.floor(y / this.distance)];
    for (let v = row - 1; v <= row + 1; v += 1) {
      for (let u = column - 1; u <= column + 1; u += 1) {
        for (const [px, py] of this.#cells.get(this.#key(u, v)) ?? []) {
          if (Math.hypot(px - x, py - y) <= this.distance) return true;
        }
      }
    }
    return false;
  }

  #place(at: number): [number, number] {
    return [at % this.width, Math.floor(at / this.width)];
  }

  #key(column: number, row: number): string {
    return `${String(column)},${String(row)}`;
  }
}
