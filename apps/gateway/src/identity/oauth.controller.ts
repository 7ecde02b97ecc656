import { Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ServingError } from '@medserve/errors';
import { ASSERTION_ALGORITHMS, OwnTokens, SCOPES } from '@medserve/security';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireAccess, type RouteWords } from '../http/access';
import { PlatformUrl } from '../http/platform-url';
import { SMART_SCOPES } from './smart-scopes';
import { TokenEndpoint } from './token-endpoint';

const FORM_BYTES = 64 * 1024;
const FORM = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

/** How systems of a hospital get access tokens, and how they find out where. */
@Controller()
export class OAuthController {
  constructor(
    private readonly endpoint: TokenEndpoint,
    private readonly tokens: OwnTokens,
    private readonly url: PlatformUrl,
  ) {}

  @Post('oauth/token')
  @HttpCode(200)
  @RouteConfig({ access: 'open', bodyBytes: FORM_BYTES } satisfies RouteWords)
  async token(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (!FORM.test(request.headers['content-type'] ?? '') || !Buffer.isBuffer(request.body)) {
      throw new ServingError('invalid_request', 'The body has to be a form: application/x-www-form-urlencoded.');
    }
    const { token, scope, expiresInS } = await this.endpoint.give(request.body.toString('utf8'));
    void reply
      .header('cache-control', 'no-store')
      .header('pragma', 'no-cache')
      .send({ access_token: token, token_type: 'Bearer', expires_in: expiresInS, scope });
  }

  /** Public keys of the tokens that are given here. */
  @Get('.well-known/jwks.json')
  @RequireAccess('open')
  keys(): Promise<unknown> {
    return this.tokens.publicKeys();
  }

  /** RFC 8414. */
  @Get('.well-known/oauth-authorization-server')
  @RequireAccess('open')
  server(): unknown {
    return this.metadata();
  }

  /** HL7 SMART App Launch 2, "Conformance"; a client looks for it below the base of the FHIR API too. */
  @Get(['.well-known/smart-configuration', 'fhir/R4/.well-known/smart-configuration'])
  @RequireAccess('open')
  smart(): unknown {
    return { ...this.metadata(), capabilities: ['client-confidential-asymmetric', 'permission-v1', 'permission-v2'] };
  }

  private metadata() {
    const issuer = this.url.get();
    return {
      issuer,
      token_endpoint: this.url.tokenEndpoint,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: [...ASSERTION_ALGORITHMS],
      scopes_supported: [...SCOPES, ...SMART_SCOPES],
    };
  }
}
