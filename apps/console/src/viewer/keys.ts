/** What the keyboard can do while the image has the focus. */
export type Command =
  | 'nextSlice'
  | 'previousSlice'
  | 'skipForward'
  | 'skipBack'
  | 'firstSlice'
  | 'lastSlice'
  | 'panLeft'
  | 'panRight'
  | 'panUp'
  | 'panDown'
  | 'zoomIn'
  | 'zoomOut'
  | 'fit'
  | 'trueSize'
  | 'wider'
  | 'narrower'
  | 'higher'
  | 'lower'
  | 'invert'
  | 'marks'
  | 'labels'
  | 'nextFinding'
  | 'previousFinding'
  | 'draw'
  | 'keep'
  | 'leave'
  | 'stretchLeft'
  | 'stretchRight'
  | 'stretchUp'
  | 'stretchDown'
  | 'fullScreen'
  | 'reset'
  | 'help'
  | `preset${1 | 2 | 3 | 4 | 5 | 6}`;

export interface Pressed {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

const ARROWS = { ArrowLeft: 'Left', ArrowRight: 'Right', ArrowUp: 'Up', ArrowDown: 'Down' } as const;

const PLAIN: Readonly<Record<string, Command>> = {
  PageDown: 'skipForward',
  PageUp: 'skipBack',
  Home: 'firstSlice',
  End: 'lastSlice',
  '+': 'zoomIn',
  '=': 'zoomIn',
  '-': 'zoomOut',
  _: 'zoomOut',
  '0': 'fit',
  '9': 'trueSize',
  w: 'wider',
  s: 'narrower',
  d: 'higher',
  a: 'lower',
  i: 'invert',
  m: 'marks',
  l: 'labels',
  n: 'nextFinding',
  p: 'previousFinding',
  b: 'draw',
  Enter: 'keep',
  Escape: 'leave',
  f: 'fullScreen',
  r: 'reset',
  '?': 'help',
  '1': 'preset1',
  '2': 'preset2',
  '3': 'preset3',
  '4': 'preset4',
  '5': 'preset5',
  '6': 'preset6',
};

/** Commands that only a volume knows: of a flat image their keys are the page's own. */
const OF_A_VOLUME: ReadonlySet<Command> = new Set(['skipForward', 'skipBack', 'firstSlice', 'lastSlice']);

/**
 * The command of a key. Keys held with Ctrl, Alt or the command key are the browser's. Arrows move a box that is being drawn,
 * with Shift they stretch it; else up and down go through the slices of a volume, and with Shift, or on a flat image, they pan.
 */
export function commandOf(
  { key, shiftKey, ctrlKey, altKey, metaKey }: Pressed,
  has: { readonly slices: boolean; readonly draft: boolean },
): Command | undefined {
  if (ctrlKey || altKey || metaKey) return undefined;
  const arrow = Object.hasOwn(ARROWS, key) ? ARROWS[key as keyof typeof ARROWS] : undefined;
  if (arrow !== undefined) {
    if (has.draft) return shiftKey ? `stretch${arrow}` : `pan${arrow}`;
    if (has.slices && !shiftKey && arrow === 'Up') return 'previousSlice';
    if (has.slices && !shiftKey && arrow === 'Down') return 'nextSlice';
    return `pan${arrow}`;
  }
  const name = key.length === 1 ? key.toLowerCase() : key;
  const command = Object.hasOwn(PLAIN, name) ? PLAIN[name] : undefined;
  return command === undefined || (!has.slices && OF_A_VOLUME.has(command)) ? undefined : command;
}

/** How the help tells the keys, a line each: what is pressed, and the text that says what it does. */
export const KEY_HELP = [
  { keys: ['↑', '↓'], does: 'keysSlice', of: 'volume' },
  { keys: ['PgUp', 'PgDn', 'Home', 'End'], does: 'keysFar', of: 'volume' },
  { keys: ['Shift + ↑ ↓ ← →'], does: 'keysPan', of: 'volume' },
  { keys: ['↑', '↓', '←', '→'], does: 'keysPan', of: 'image' },
  { keys: ['+', '−'], does: 'keysZoom' },
  { keys: ['0', '9'], does: 'keysFit' },
  { keys: ['W', 'S', 'A', 'D'], does: 'keysWindow' },
  { keys: ['1 … 6'], does: 'keysPreset', of: 'ct' },
  { keys: ['I'], does: 'invert' },
  { keys: ['N', 'P'], does: 'keysFinding' },
  { keys: ['M', 'L'], does: 'keysMarks' },
  { keys: ['B'], does: 'keysDraw', of: 'draw' },
  { keys: ['F'], does: 'fullScreen' },
  { keys: ['R'], does: 'reset' },
  { keys: ['?'], does: 'help' },
] as const;
