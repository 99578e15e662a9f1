// npm's oidc-provider with two clients that act for themselves: node provider.mjs PORT CERTIFICATE KEY
// Tokens are JWTs of RFC 9068, signed with ES256 for one and RS256 for the other. It keeps what it keeps in memory.
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import Provider from "oidc-provider";

const [port, certificate, key] = process.argv.slice(2);
const client = (client_id) => ({
  client_id,
  client_secret: "a-secret-of-the-load-program",
  grant_types: ["client_credentials"],
  response_types: [],
  redirect_uris: [],
  token_endpoint_auth_method: "client_secret_basic",
});
const signing = (alg, { privateKey }) => ({ ...privateKey.export({ format: "jwk" }), alg, kid: alg, use: "sig" });

const provider = new Provider(`https://localhost:${port}`, {
  clients: [client("ES256"), client("RS256")],
  jwks: {
    keys: [
      signing("ES256", generateKeyPairSync("ec", { namedCurve: "P-256" })),
      signing("RS256", generateKeyPairSync("rsa", { modulusLength: 2048 })),
    ],
  },
  scopes: ["clients:read"],
  ttl: { ClientCredentials: 300 },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => `https://localhost:${port}/api`,
      useGrantedResource: () => true,
      getResourceServerInfo: (_ctx, _resource, { clientId: alg }) => ({
        scope: "clients:read",
        accessTokenFormat: "jwt",
        jwt: { sign: { alg } },
      }),
    },
  },
});
createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, provider.callback()).listen(port, "127.0.0.1");
