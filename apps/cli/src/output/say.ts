/** What a person reads, on standard output; with `--json`, one JSON object a line instead. */
export interface Voice {
  say(text: string, fields?: Readonly<Record<string, unknown>>): void;
  /** A line of a service's own log. */
  relay(service: string, line: string): void;
}

export function friendlyVoice(): Voice {
  return {
    say: (text) => {
      process.stdout.write(`${text}\n`);
    },
    relay: (service, line) => {
      const worth = worthShowing(line);
      if (worth !== undefined) process.stderr.write(`  ${service}: ${worth}\n`);
    },
  };
}

export function jsonVoice(): Voice {
  return {
    say: (text, fields = {}) => {
      process.stdout.write(
        `${JSON.stringify({ time: new Date().toISOString(), service: 'up', message: text, ...fields })}\n`,
      );
    },
    relay: (_service, line) => {
      process.stdout.write(`${line}\n`);
    },
  };
}

const PINO_ERROR = 50;

/** Errors only: what the platform handles by itself is in its logs. */
function worthShowing(line: string): string | undefined {
  try {
    const { level, message } = JSON.parse(line) as { level?: number; message?: string };
    return level !== undefined && level >= PINO_ERROR ? message : undefined;
  } catch {
    return line;
  }
}
