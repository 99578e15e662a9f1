// A real OpenID provider (npm oidc-provider) for the tests: visitors say who they are, and how sure it may be of that.
// Arguments: certificate and key. It prints the port that it got; each line of its input is a list of clients, for which a
// new provider is made, with new keys and nothing of what the one before knew. It ends when its input ends.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createInterface } from 'node:readline';

import Provider from 'oidc-provider';

const [certificate, privateKey] = process.argv.slice(2);
let [provider, answer, made] = [undefined, undefined, 0];

const key = (type, options, alg) => {
  const jwk = generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' });
  return { ...jwk, alg, use: 'sig', kid: `${alg}-${made}` };
};

const make = (clients) => new Provider(`https://localhost:${server.address().port}`, {
  clients,
  jwks: {
    keys: [key('ec', { namedCurve: 'P-256' }, 'ES256'), key('rsa', { modulusLength: 2048 }, 'RS256')],
  },
  acrValues: ['eidas1', 'eidas2', 'eidas3'],
  claims: {
    openid: ['sub'], acr: null, amr: null, auth_time: null, iss: null, sid: null, profile: ['given_name', 'family_name'],
  },
  conformIdTokenClaims: false,
  cookies: { keys: ['only-for-the-tests'] },
  enabledJWA: {
    idTokenEncryptionAlgValues: ['ECDH-ES'],
    idTokenEncryptionEncValues: ['A256GCM'],
    idTokenSigningAlgValues: ['ES256', 'RS256'],
  },
  features: {
    claimsParameter: { enabled: true },
    devInteractions: { enabled: false },
    encryption: { enabled: true },
    userinfo: { enabled: false },
  },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, given_name: 'Odette', family_name: id }),
  }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  pkce: { required: () => true },
  routes: { end_session: '/session/end' },
});

const read = async (request) => {
  let body = '';
  for await (const piece of request) body += piece;
  return new URLSearchParams(body);
};

const FORM = `<!DOCTYPE html><title>Provider</title><h1>Who are you?</h1><form method="post">
<input name="who"><input name="acr"><input name="amr"><button name="go">Sign in</button><button name="cancel">No</button>
</form>`;

// No page asks for consent: what is asked for is granted.
const granted = async ({ params, session, grantId }, accountId) => {
  const grant = (grantId && (await provider.Grant.find(grantId)))
    || new provider.Grant({ accountId: session?.accountId ?? accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  return grant.save();
};

const interact = async (request, response) => {
  const details = await provider.interactionDetails(request, response);
  if (details.prompt.name === 'consent') {
    const consent = { grantId: await granted(details) };
    return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
  }
  if (request.method !== 'POST') {
    response.setHeader('content-type', 'text/html');
    return response.end(FORM);
  }
  const typed = await read(request);
  if (typed.has('cancel')) {
    const refusal = { error: 'access_denied', error_description: 'User auth aborted' };
    return provider.interactionFinished(request, response, refusal);
  }
  const login = {
    accountId: typed.get('who'),
    acr: typed.get('acr') || undefined,
    amr: typed.get('amr') ? typed.get('amr').split(' ') : undefined,
  };
  return provider.interactionFinished(request, response, { login });
};

const tls = { cert: readFileSync(certificate), key: readFileSync(privateKey) };
const server = createServer(tls, (request, response) => {
  if (request.url === '/favicon.ico') {
    response.statusCode = 204;
    return response.end();
  }
  if (!request.url.startsWith('/interaction/')) return answer(request, response);
  return interact(request, response).catch((error) => {
    console.error(error);
    response.statusCode = 500;
    response.end(String(error));
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  made += 1;
  provider = make(JSON.parse(line));
  provider.on('server_error', (_, error) => console.error(error));
  provider.on('grant.error', (_, error) => console.error(error.error_detail ?? error.message));
  answer = provider.callback();
  console.log('ready');
});
lines.on('close', () => process.exit(0));
