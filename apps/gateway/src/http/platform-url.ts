/** Where callers reach the platform. What signs or checks tokens names it, so it never comes from a request. */
export class PlatformUrl {
  private url: string;

  /** @param given by the operator: the URL of the proxy in front, say; absent: where this gateway listens */
  constructor(readonly given: string | undefined) {
    this.url = given ?? '';
  }

  /** To be called when the gateway listens. */
  listening(url: string): void {
    this.url = this.given ?? url;
  }

  get(): string {
    return this.url;
  }

  get tokenEndpoint(): string {
    return `${this.url}/oauth/token`;
  }
}
