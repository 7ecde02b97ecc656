export interface SessionTarget {
  readonly connectionString: string;
  /** Command-line options of the server's process (PostgreSQL manual, "options" of 34.1.2). */
  readonly options: string;
}

/**
 * Where to connect, with settings that are ours to promise. `pg` takes the options of a URL in place of those beside it, so
 * they are taken out of the URL and said first: of what is said twice, the server keeps the last.
 *
 * @param url postgres://user:password@host:port/database?options=...
 */
export function sessionOf(url: string, settings: readonly string[]): SessionTarget {
  const [place = ''] = url.split('?', 1);
  const parameters = new URLSearchParams(url.slice(place.length));
  const theirs = parameters.getAll('options').slice(-1);
  parameters.delete('options');
  return {
    connectionString: theirs.length === 0 ? url : [place, parameters.toString()].filter(Boolean).join('?'),
    options: [...theirs, ...settings.map((setting) => `-c ${setting}`)].join(' '),
  };
}
