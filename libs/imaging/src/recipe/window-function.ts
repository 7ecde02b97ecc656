import type { Window } from '@medserve/clinical';

/** Values that become 0 and 255; what lies between grows evenly. */
export interface Ends {
  readonly black: number;
  readonly white: number;
}

/** From a value to what a display of 8 bits shows of it. */
export type Shade = (value: number) => number;

/**
 * Where a window begins and ends. The linear function's ends lie half a value outside of centre plus or minus half the width less one
 * (PS3.3 C.11.2.1.2.1), the exact one's half the width from the centre (C.11.2.1.3.2). The sigmoid has no ends: these are of the straight
 * line through its centre, which rises as it does there.
 */
export function endsOf({ centre, width, shape = 'linear' }: Window): Ends {
  const [middle, half] = shape === 'linear' ? [centre - 0.5, (width - 1) / 2] : [centre, width / 2];
  return { black: middle - half, white: middle + half };
}

/** What a window shows of a value (PS3.3 C.11.2.1.2, C.11.2.1.3). */
export function shadeOf(window: Window): Shade {
  const { centre, width, shape } = window;
  if (shape === 'sigmoid') return (value) => Math.round(255 / (1 + Math.exp((-4 * (value - centre)) / width)));
  return shadeBetween(endsOf(window));
}

export function shadeBetween({ black, white }: Ends): Shade {
  return (value) => {
    if (!(white > black)) return value > black ? 255 : 0;
    const shade = Math.floor(((value - black) * 255) / (white - black) + 0.5);
    return shade > 255 ? 255 : shade > 0 ? shade : 0;
  };
}
