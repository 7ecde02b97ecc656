import type { BrowserContext, Page } from 'playwright-core';

/** Whatever of it runs says so by a name of the window. */
const run = (what: string): string => `window.harmed='${what}'`;

const ELSEWHERE = 'https://elsewhere.example';

/**
 * Texts that would do harm where a page took them for more than texts (OWASP, cross-site scripting prevention): each does another thing.
 * None has more than 128 characters, or a line break, so that each stands where people write names.
 */
export const HARMFUL = {
  script: `<script>${run('script')}</script>`,
  image: `"><img src=x onerror="${run('image')}">`,
  drawing: `<svg onload="${run('drawing')}"></svg>`,
  toggle: `'><details open ontoggle="${run('toggle')}">`,
  focus: `<input autofocus onfocus="${run('focus')}">`,
  link: `<a href="javascript:${run('link')}">open me</a>`,
  markdown: `[open me](javascript:${run('markdown')})`,
  frame: `<iframe srcdoc="<script>parent.harmed='frame'</script>"></iframe>`,
  sheet: `</title><style>@import '${ELSEWHERE}/a.css';</style>`,
  pixel: `<img src="${ELSEWHERE}/pixel.png">`,
  base: `<base href="${ELSEWHERE}/">`,
  refresh: `<meta http-equiv="refresh" content="0;url=${ELSEWHERE}/">`,
  form: `<form action="${ELSEWHERE}/"><button>Sign in</button></form>`,
  template: `{{constructor.constructor("${run('template')}")()}}`,
  message: `{count, plural, one {#} other {<b>}} '{'`,
  // Turns what comes after it around (Unicode, UAX 9), where that is not kept apart.
  override: `harmless\u202Egnp.exe`,
  isolate: `\u2069\u202E\u2067turned`,
} as const;

export const ALL_HARMFUL: readonly string[] = Object.values(HARMFUL);

/** A mebibyte of them. */
export function harmfulMegabyte(): string {
  const once = `${ALL_HARMFUL.join('\n')}\nThe heart is not enlarged.\n`;
  return once.repeat(Math.ceil(2 ** 20 / once.length));
}

/** What was seen to be done by texts, in whatever page of a browser. */
export class Harm {
  readonly seen: string[] = [];

  /** Watches all pages of a browser that come after. */
  static async watch(context: BrowserContext): Promise<Harm> {
    const harm = new Harm();
    await context.exposeBinding('tellHarm', (_source, what: string) => {
      harm.seen.push(what);
    });
    await context.addInitScript(() => {
      const tell = (what: string): void => {
        (window as unknown as { tellHarm(what: string): void }).tellHarm(what);
      };
      Object.defineProperty(window, 'harmed', {
        set: (what: unknown) => {
          tell(`run: ${String(what)}`);
        },
      });
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) => {
        tell(`refused by the policy: ${effectiveDirective} ${blockedURI} ${sample}`);
      });
    });
    context.on('dialog', (dialog) => {
      harm.seen.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    context.on('page', (opened) => harm.seen.push(`opened a window: ${opened.url()}`));
    return harm;
  }

  /** Elements and attributes that no page of ours has: a text became markup, whether or not that could do anything. */
  static markupOn(page: Page): Promise<readonly string[]> {
    return page.evaluate(() => {
      const never = 'script:not([src]), style, iframe, object, embed, base, meta[http-equiv], form[action], [srcdoc]';
      const isOwn = (address: string | null): boolean =>
        address === null || /^(?:\/(?!\/)|#|\?|blob:|data:image\/)/.test(address);
      const isForeign = (element: Element): boolean =>
        element.matches(never) ||
        element.getAttributeNames().some((name) => name.startsWith('on')) ||
        !isOwn(element.getAttribute('src')) ||
        /^\s*(?:javascript|data|vbscript):/i.test(element.getAttribute('href') ?? '');
      return [...document.querySelectorAll('*')].filter(isForeign).map(({ outerHTML }) => outerHTML.slice(0, 200));
    });
  }

  /** Texts that are turned around by one beside them: each reads from left to right in the languages of the page. */
  static turnedOn(page: Page): Promise<readonly string[]> {
    return page.evaluate(() => {
      const turned: string[] = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const range = document.createRange();
      const placeOf = (node: Node, at: number): DOMRect => {
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        return range.getBoundingClientRect();
      };
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const text = node.nodeValue ?? '';
        const at = text.search(/[A-Za-z]{2}/);
        if (at < 0 || /[\u202A-\u202E\u2066-\u2069]/.test(text)) continue;
        const [first, second] = [placeOf(node, at), placeOf(node, at + 1)];
        if (first.width > 0 && first.top === second.top && second.left < first.left) turned.push(text);
      }
      return turned;
    });
  }
}
