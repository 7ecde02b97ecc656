import { ServingError } from '@medserve/errors';
import { allowed, SCOPES, type AccessToken, type Assertions, type Client, type OwnTokens } from '@medserve/security';

/** RFC 7523, section 2.2. */
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export interface TokenEndpointParts {
  readonly assertions: Pick<Assertions, 'clientOf'>;
  readonly tokens: Pick<OwnTokens, 'issue'>;
}

/** Gives access tokens to clients that prove themselves by a signed assertion (RFC 6749, section 4.4; SMART Backend Services). */
export class TokenEndpoint {
  constructor(private readonly parts: TokenEndpointParts) {}

  /**
   * @param form the body, `application/x-www-form-urlencoded`
   * @throws ServingError `invalid_request` naming the field, `unauthenticated`, `unavailable`, `overloaded`
   */
  async give(form: string): Promise<AccessToken> {
    const fields = readForm(form);
    if (fields.get('grant_type') !== 'client_credentials') {
      throw invalid('grant_type', 'The only grant is "client_credentials".');
    }
    if (fields.get('client_assertion_type') !== ASSERTION_TYPE) {
      throw invalid('client_assertion_type', `The field has to be "${ASSERTION_TYPE}".`);
    }
    const assertion = fields.get('client_assertion');
    if (assertion === undefined) throw invalid('client_assertion', 'The field is missing.');
    const client = await this.parts.assertions.clientOf(assertion);
    const named = fields.get('client_id');
    if (named !== undefined && named !== client.id) throw invalid('client_id', 'It is not the client that signed.');
    return this.parts.tokens.issue(client, scopesFor(client, fields.get('scope')));
  }
}

/** No field may come twice (RFC 6749, section 3.2). */
function readForm(form: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(form)) {
    if (fields.has(name)) throw invalid('form', 'A field of the form comes twice.');
    fields.set(name, value);
  }
  return fields;
}

/** All that the client has, or what it asks for of that. */
function scopesFor(client: Client, asked: string | undefined) {
  const words = asked?.split(' ').filter((word) => word !== '') ?? SCOPES;
  const scopes = [...allowed(words, client.scopes)];
  if (scopes.length === 0) throw invalid('scope', 'The client may have none of these scopes.');
  return scopes;
}

const invalid = (field: string, detail: string): ServingError => new ServingError('invalid_request', detail, { field });
