const clock = (ms) => {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

/**
 * Tells on stderr what is being done: one line that changes on a terminal, a line a step elsewhere. Figures go to stdout.
 *
 * @param expectedMs of all scenarios together
 */
export function startProgress(expectedMs) {
  const beganMs = performance.now();
  const isTerminal = process.stderr.isTTY === true;
  let prefix = '';
  let last = '';
  const show = (text) => {
    last = text;
    const elapsed = performance.now() - beganMs;
    const line = `[${clock(elapsed)} of about ${clock(Math.max(elapsed, expectedMs))}] ${prefix}${text}`;
    if (isTerminal) process.stderr.write(`\r\u001b[2K${line.slice(0, (process.stderr.columns ?? 120) - 1)}`);
    else process.stderr.write(`${line}\n`);
  };
  const ticker = isTerminal ? setInterval(() => show(last), 1000) : undefined;
  ticker?.unref();
  return {
    scenario: (name, place, total) => {
      prefix = `${name} (${place} of ${total}): `;
    },
    say: show,
    end: () => {
      clearInterval(ticker);
      if (isTerminal) process.stderr.write('\r\u001b[2K');
    },
  };
}
