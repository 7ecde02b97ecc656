/** What tabs of the console tell each other. Never who is signed in, and never a key. */
export type TabWord = 'signed-in' | 'resumed' | 'signed-out' | 'touched' | 'idle';

const WORDS: ReadonlySet<unknown> = new Set<TabWord>(['signed-in', 'resumed', 'signed-out', 'touched', 'idle']);

let channel: BroadcastChannel | undefined;
const open = (): BroadcastChannel => (channel ??= new BroadcastChannel('medserve-sign-in'));

/** Says it to the other tabs of this browser. */
export const tellTabs = (word: TabWord): void => {
  open().postMessage(word);
};

/** Hears what the other tabs say. @returns what stops it */
export function hearTabs(listener: (word: TabWord) => void): () => void {
  const heard = ({ data }: MessageEvent<unknown>): void => {
    if (WORDS.has(data)) listener(data as TabWord);
  };
  const tabs = open();
  tabs.addEventListener('message', heard);
  return () => {
    tabs.removeEventListener('message', heard);
  };
}
