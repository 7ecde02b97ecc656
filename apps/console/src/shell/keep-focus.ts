/** What had the focus, the outermost first: what stood where, and as which child of the one before. */
type Way = readonly { readonly element: Element; readonly tag: string; readonly place: number }[];

/** What has a name that is told when it gets the focus, or is the page itself. */
const NAMED =
  'main, section[aria-labelledby], section[aria-label], [role=region], [role=group], form[aria-label], dialog';
const FOCUSABLE = 'a[href], button, input, select, textarea, summary, [tabindex]';

const nameOf = (element: Element): string =>
  ['type', 'name', 'aria-label'].map((name) => element.getAttribute(name) ?? '').join(' ') + element.textContent.trim();

function wayTo(element: Element, root: Element): Way {
  const way = [];
  for (let at: Element | null = element; at !== null && at !== root; at = at.parentElement) {
    way.unshift({
      element: at,
      tag: at.tagName,
      place: at.parentElement ? [...at.parentElement.children].indexOf(at) : 0,
    });
  }
  return way;
}

/**
 * Keeps the focus in its place where what had it is taken off the page: a form that is made anew, a button that its own press replaces.
 * A browser would have it begin at the top again (WCAG 2.2, 2.4.3). It goes to what stands there now if that is the same by
 * kind and name, else to the nearest part of the page that is still there and has a name.
 *
 * @param root what is watched, and the last to get it
 * @returns what makes it forget: where it goes next is decided by whoever changes the page
 */
export function keepFocus(root: HTMLElement): { readonly forget: () => void; readonly stop: () => void } {
  let way: Way = [];
  let name = '';
  const remember = (element: Element | null | undefined): void => {
    way = element && root.contains(element) ? wayTo(element, root) : [];
    name = way.length === 0 ? '' : nameOf(way.at(-1)?.element ?? root);
  };
  const noted = ({ target }: Event): void => {
    remember(target instanceof Element ? target : undefined);
  };
  // Who presses on nothing has left it.
  const pressed = ({ target }: Event): void => {
    remember(target instanceof Element ? target.closest(FOCUSABLE) : undefined);
  };
  const observer = new MutationObserver(() => {
    const last = way.at(-1)?.element;
    if (last === undefined || last.isConnected || document.activeElement !== document.body) return;
    const { there, isSame } = successorOf(way, root);
    const isIt = isSame && nameOf(there) === name && there.matches(FOCUSABLE) && !there.matches(':disabled');
    const next = (isIt ? there : (there.closest(NAMED) ?? root)) as HTMLElement;
    way = [];
    if (!next.matches(FOCUSABLE)) next.tabIndex = -1;
    next.focus({ preventScroll: true });
  });
  root.addEventListener('focusin', noted);
  document.addEventListener('pointerdown', pressed, true);
  observer.observe(root, { childList: true, subtree: true });
  return {
    forget: () => {
      way = [];
    },
    stop: () => {
      root.removeEventListener('focusin', noted);
      document.removeEventListener('pointerdown', pressed, true);
      observer.disconnect();
    },
  };
}

/** What stands where something stood, or as much of the way to it as there is. */
function successorOf(way: Way, root: Element): { readonly there: Element; readonly isSame: boolean } {
  let there = root;
  for (const { element, tag, place } of way) {
    const next = element.parentElement === there ? element : there.children[place];
    if (next?.tagName !== tag) return { there, isSame: false };
    there = next;
  }
  return { there, isSame: true };
}
