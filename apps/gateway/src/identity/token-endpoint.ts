import { ServingError } from '@medserve/errors';
import { allowed, SCOPES, type Assertions, type Client, type OwnTokens, type Scope } from '@medserve/security';
import { smartScope } from './smart-scopes';

/** RFC 7523, section 2.2. */
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export interface TokenEndpointParts {
  readonly assertions: Pick<Assertions, 'clientOf'>;
  readonly tokens: Pick<OwnTokens, 'issue'>;
}

/** A token, and its scopes in the words of who asked for it. */
export interface GivenToken {
  readonly token: string;
  readonly scope: string;
  readonly expiresInS: number;
}

/** Gives access tokens to clients that prove themselves by a signed assertion (RFC 6749, section 4.4; SMART Backend Services). */
export class TokenEndpoint {
  constructor(private readonly parts: TokenEndpointParts) {}

  /**
   * @param form the body, `application/x-www-form-urlencoded`
   * @throws ServingError `invalid_request` naming the field, `unauthenticated`, `unavailable`, `overloaded`
   */
  async give(form: string): Promise<GivenToken> {
    const fields = readForm(form);
    const grant = fields.get('grant_type') ?? '';
    // What is missing is another error than what is not known (RFC 6749, section 5.2).
    if (grant === '') throw invalid('form', 'The field grant_type is missing.');
    if (grant !== 'client_credentials') {
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
    const { told, scopes } = scopesFor(client, fields.get('scope'));
    const { token, expiresInS } = await this.parts.tokens.issue(client, scopes);
    return { token, scope: told.join(' '), expiresInS };
  }
}

/** No field may come twice, and one without a value is as one that is not there (RFC 6749, section 3.2). */
function readForm(form: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(form)) {
    if (fields.has(name)) throw invalid('form', 'A field of the form comes twice.');
    fields.set(name, value);
  }
  return new Map([...fields].filter(([, value]) => value !== ''));
}

/** All that the client has, or what it asks for of that, and in which words it asked. */
function scopesFor(client: Client, asked: string | undefined): { told: readonly string[]; scopes: readonly Scope[] } {
  const words = asked?.split(' ').filter((word) => word !== '') ?? SCOPES;
  const told = [...new Set(words)].filter((word) => allowed([smartScope(word) ?? word], client.scopes).size > 0);
  if (told.length === 0) throw invalid('scope', 'The client may have none of these scopes.');
  return {
    told,
    scopes: [
      ...allowed(
        told.map((word) => smartScope(word) ?? word),
        client.scopes,
      ),
    ],
  };
}

const invalid = (field: string, detail: string): ServingError => new ServingError('invalid_request', detail, { field });
