import { existsSync, readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { Skipped } from './context.mjs';

const CHROMIUM = process.env.MEDSERVE_CHROMIUM ?? '/usr/bin/chromium';

/** Software rendering: the figures are those of a machine without a graphics card. */
const ARGUMENTS = [
  // Chromium refuses its sandbox to root, which is what containers run as.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
];

/** @throws Skipped where there is no Chromium */
export function startBrowser() {
  if (!existsSync(CHROMIUM)) throw new Skipped(`there is no ${CHROMIUM}; MEDSERVE_CHROMIUM names another`);
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
}

/** A page of a signed-in reader with nothing in its cache, before it goes anywhere. */
export async function signedIn(browser, { url, key }) {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 } });
  const answer = await context.request.post(`${url}/v1/sign-in`, {
    data: { key },
    headers: { 'x-medserve-csrf': '1' },
  });
  if (!answer.ok()) throw new Error(`sign-in: ${answer.status()} ${await answer.text()}`);
  return context.newPage();
}

/** The most memory that any tab of this browser took so far, in MB: its process's own count (VmHWM of proc(5)). */
export async function largestTabMb(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const peaks = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1]) / 1_000);
  return Math.max(...peaks);
}
