/** The cookies of one browser, as far as tests need them: by host and port, without times. */
export class Cookies {
  private readonly kept: Map<string, Map<string, string>>;

  /** @param from a browser whose cookies somebody has copied */
  constructor(from?: Cookies) {
    this.kept = new Map([...(from?.kept ?? [])].map(([host, cookies]) => [host, new Map(cookies)]));
  }

  headers({ host }: URL): Record<string, string> {
    const cookies = [...(this.kept.get(host) ?? [])].map(([name, value]) => `${name}=${value}`);
    return cookies.length === 0 ? {} : { cookie: cookies.join('; ') };
  }

  keep({ host }: URL, headers: Headers): void {
    const cookies = this.kept.get(host) ?? new Map<string, string>();
    this.kept.set(host, cookies);
    for (const cookie of headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(cookie)) cookies.delete(name);
      else cookies.set(name, value);
    }
  }

  /** Of the first cookie whose name begins so. */
  value(prefix: string): string | undefined {
    for (const cookies of this.kept.values())
      for (const [name, value] of cookies) if (name.startsWith(prefix)) return value;
    return undefined;
  }
}
