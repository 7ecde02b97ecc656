import { Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RequireAccess, SMALL_BODY } from '../http/access';
import { principalOf } from '../http/principal';
import { readJson } from '../http/json-body';
import { PlatformUrl } from '../http/platform-url';
import { callerAddress } from './caller-address';
import { FLOW_MS } from './sealed-flow';
import { clearCookie, cookieName, cookieOf, setCookie } from '../identity/cookies';
import { IssuerSignIn } from './issuer-sign-in';
import type { Me } from './me';
import { SIGN_IN_PAGE, troublePage } from './page-paths';
import { SessionDoor } from '../identity/session-door';
import { SignIn, type GivenToSignIn } from './sign-in';

const GIVEN = z.string().min(1).max(200);

/** What a browser sends to sign in: an API key, or the code of the address that "npm start" and "medserve console" print. */
export const signInSchema = z
  .strictObject({ key: GIVEN.optional(), code: GIVEN.optional() })
  .meta({ oneOf: [{ required: ['key'] }, { required: ['code'] }] })
  .transform(({ key, code }, context): GivenToSignIn => {
    if (key !== undefined && code === undefined) return { key };
    if (code !== undefined && key === undefined) return { code };
    context.issues.push({
      code: 'custom',
      path: ['key'],
      message: 'either "key" or "code" is wanted',
      input: undefined,
    });
    return z.NEVER;
  });

/** How people sign in to the page, and out. */
@Controller('v1')
export class SignInController {
  constructor(
    private readonly signIn: SignIn,
    private readonly issuers: IssuerSignIn,
    private readonly door: SessionDoor,
    private readonly url: PlatformUrl,
  ) {}

  @Get('me')
  @RequireAccess('known')
  async me(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Me> {
    reply.header('cache-control', 'no-store');
    const isByHeader = request.headers.authorization !== undefined;
    return this.signIn.me(principalOf(request), isByHeader ? undefined : this.door.secretOf(request));
  }

  @Post('sign-in')
  @HttpCode(200)
  @RequireAccess('open', SMALL_BODY)
  async begin(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Me> {
    // Nobody is signed in by another's page as somebody else.
    this.door.requireOwnPage(request);
    const given = readJson(request, signInSchema);
    const { secret, me } = await this.signIn.begin(given, callerAddress(request), this.door.secretOf(request));
    reply.header('cache-control', 'no-store').header('set-cookie', setCookie('session', this.url.get(), secret));
    return me;
  }

  /** Ends the session where there is one; the cookie goes in any case. */
  @Delete('sign-in')
  @HttpCode(204)
  @RequireAccess('open')
  async end(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    this.door.requireOwnPage(request);
    const secret = this.door.secretOf(request);
    reply.header('set-cookie', clearCookie('session', this.url.get()));
    if (secret !== undefined) await this.signIn.end(secret);
  }

  @Get('sign-in/providers')
  @RequireAccess('open')
  async providers(): Promise<{ readonly providers: readonly { readonly id: string; readonly title: string }[] }> {
    return { providers: await this.issuers.providers() };
  }

  /** A browser goes here from the page, and on to the issuer. */
  @Get('sign-in/oidc/:provider')
  @RequireAccess('open')
  async toIssuer(
    @Param('provider') provider: string,
    @Query('returnTo') returnTo: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // Where the issuer asks nothing, another's page would have changed who is signed in: the form asks first.
    if (!this.door.isFromHere(request)) {
      leadTo(reply, SIGN_IN_PAGE);
      return;
    }
    const begun = await this.issuers.begin(provider, returnTo);
    if ('trouble' in begun) {
      leadTo(reply, troublePage(begun.trouble));
      return;
    }
    reply.header('set-cookie', setCookie('flow', this.url.get(), begun.kept, { seconds: FLOW_MS / 1_000 }));
    leadTo(reply, begun.url);
  }

  /**
   * A browser comes here from the issuer, and goes on to the page. That the session's cookie is not sent along that way (SameSite=Strict)
   * does no harm: the page is the same for everybody, and what it asks for then, it asks from its own origin.
   */
  @Get('sign-in/oidc/callback')
  @RequireAccess('open')
  async fromIssuer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const url = this.url.get();
    const cookies = request.headers.cookie ?? '';
    const kept = cookieOf(cookies, cookieName('flow', url));
    const before = cookieOf(cookies, cookieName('session', url));
    const query = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : '';
    const outcome = await this.issuers.finish(kept, query, callerAddress(request), before);
    const used = clearCookie('flow', url);
    if ('trouble' in outcome) {
      reply.header('set-cookie', used);
      leadTo(reply, troublePage(outcome.trouble));
      return;
    }
    reply.header('set-cookie', [used, setCookie('session', url, outcome.secret)]);
    leadTo(reply, outcome.page);
  }
}

/** The address has a code in it, or leads to one: nobody keeps it, and nobody is told where somebody came from. */
function leadTo(reply: FastifyReply, address: string): void {
  void reply
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .header('location', address)
    .code(302)
    .send();
}
