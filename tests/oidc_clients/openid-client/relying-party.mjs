// A relying party on npm's openid-client: node relying-party.mjs SETTINGS.json, with the authority in NODE_EXTRA_CA_CERTS.
// One page for each thing that it can do. Says "ready" once it listens, and every failure as JSON with what the provider said.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import * as jose from "jose";
import * as oidc from "openid-client";

const settings = JSON.parse(readFileSync(process.argv[2], "utf8"));
const origin = `https://localhost:${settings.port}`;
const issuer = new URL(settings.issuer);
const strict = { execute: [oidc.enableNonRepudiationChecks] };

/** As FAPI 2.0 requires: pushed requests, a signed assertion instead of a secret, tokens bound to a key. */
const fapi = Boolean(settings.client_key);
const config = fapi
  ? await oidc.discovery(issuer, settings.client_id, undefined, oidc.PrivateKeyJwt(await clientKey()), strict)
  : await oidc.discovery(issuer, settings.client_id, undefined, oidc.ClientSecretBasic(settings.client_secret), strict);
const DPoP = fapi ? oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair("ES256")) : undefined;
const keys = jose.createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));

/** By the cookie: what is on its way, then who is signed in. */
const visits = new Map();
const told = [];

const pages = {
  async "GET /login"(visit, url) {
    const verifier = oidc.randomPKCECodeVerifier();
    visit.pending = { verifier, state: oidc.randomState(), nonce: oidc.randomNonce() };
    const parameters = {
      redirect_uri: `${origin}/callback`,
      scope: settings.scope,
      state: visit.pending.state,
      nonce: visit.pending.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      ...Object.fromEntries(url.searchParams),
    };
    const target = fapi
      ? await oidc.buildAuthorizationUrlWithPAR(config, parameters, { DPoP })
      : oidc.buildAuthorizationUrl(config, parameters);
    return { redirect: target.href };
  },
  async "GET /callback"(visit, url) {
    const { verifier: pkceCodeVerifier, state: expectedState, nonce: expectedNonce } = visit.pending;
    const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
    visit.tokens = await oidc.authorizationCodeGrant(config, url, checks, undefined, { DPoP });
    visit.claims = visit.tokens.claims();
    return shown(visit);
  },
  async "GET /session"(visit) {
    return { signed_in: Boolean(visit.claims) };
  },
  async "GET /refresh"(visit) {
    const before = visit.tokens;
    const tokens = await oidc.refreshTokenGrant(config, before.refresh_token, undefined, { DPoP });
    // An answer without a refresh token leaves the one before in place.
    visit.tokens = { ...before, ...tokens };
    return { ...(await shown(visit)), rotated: visit.tokens.refresh_token !== before.refresh_token };
  },
  async "GET /introspect"(visit) {
    return oidc.tokenIntrospection(config, visit.tokens.access_token);
  },
  async "GET /revoke"(visit) {
    await oidc.tokenRevocation(config, visit.tokens.refresh_token);
    return {};
  },
  async "GET /service"() {
    const { client_id, client_secret, scope } = settings.service;
    const service = await oidc.discovery(issuer, client_id, undefined, oidc.ClientSecretBasic(client_secret));
    const { access_token, ...answer } = await oidc.clientCredentialsGrant(service, { scope });
    return { ...answer, introspected: await oidc.tokenIntrospection(service, access_token) };
  },
  async "GET /logout"(visit) {
    const target = oidc.buildEndSessionUrl(config, {
      id_token_hint: visit.tokens.id_token,
      post_logout_redirect_uri: `${origin}/signed-out`,
      state: "from-here",
    });
    visit.claims = undefined;
    return { redirect: target.href };
  },
  async "GET /signed-out"(_visit, url) {
    return { state: url.searchParams.get("state") };
  },
  async "POST /backchannel"(_visit, _url, body) {
    const { payload } = await jose.jwtVerify(new URLSearchParams(body).get("logout_token"), keys, {
      issuer: settings.issuer,
      audience: settings.client_id,
      typ: "logout+jwt",
      requiredClaims: ["iat", "exp", "jti", "events"],
    });
    if (!payload.events["http://schemas.openid.net/event/backchannel-logout"] || "nonce" in payload) {
      throw new Error("not a logout token");
    }
    told.push(payload);
    for (const visit of visits.values()) {
      if (visit.claims && (payload.sid ? visit.claims.sid === payload.sid : visit.claims.sub === payload.sub)) {
        visit.claims = undefined;
      }
    }
    return {};
  },
  async "GET /told"() {
    return told;
  },
};

async function shown(visit) {
  const { access_token, token_type, expires_in, refresh_token, scope } = visit.tokens;
  const userinfo = await oidc.fetchUserInfo(config, access_token, visit.claims.sub, { DPoP });
  return { token_type, expires_in, scope, refreshable: Boolean(refresh_token), claims: visit.claims, userinfo };
}

async function clientKey() {
  const key = await jose.importPKCS8(readFileSync(settings.client_key, "utf8"), "ES256");
  return { key, kid: settings.client_key_id };
}

function visitOf(request) {
  const known = /rp=([0-9a-f]+)/.exec(request.headers.cookie ?? "")?.[1];
  if (visits.has(known)) return [known, visits.get(known)];
  const id = randomBytes(16).toString("hex");
  visits.set(id, {});
  return [id, visits.get(id)];
}

/** What the provider said, where it said anything. */
function reason(error) {
  const { name, message, error: code, error_description, status, cause } = error;
  return { failed: code ?? name, message, error_description, status, cause: cause && String(cause) };
}

const certificate = { cert: readFileSync(settings.certificate), key: readFileSync(settings.key) };
createServer(certificate, async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const url = new URL(request.url, origin);
  const [id, visit] = visitOf(request);
  response.setHeader("set-cookie", `rp=${id}; Secure; HttpOnly; Path=/; SameSite=Lax`);
  try {
    const page = pages[`${request.method} ${url.pathname}`];
    const answer = page ? await page(visit, url, body) : { failed: "no such page" };
    if (answer.redirect) return response.writeHead(303, { location: answer.redirect }).end();
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  } catch (error) {
    response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify(reason(error)));
  }
}).listen(settings.port, "127.0.0.1", () => console.log("ready"));
