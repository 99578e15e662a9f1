"""A relying party on Authlib and Flask: python relying_party.py SETTINGS.json, with the authority in REQUESTS_CA_BUNDLE.

One page for each thing that it can do. Says "ready" once it listens, and every failure as JSON with what the provider said.
It names no user agent towards the provider, as some clients do.
"""

import json
import secrets
import sys

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from authlib.integrations.requests_client import OAuth2Session
from flask import Flask, jsonify, request, session
from joserfc import jwt
from joserfc.jwk import KeySet
from urllib3.util import SKIP_HEADER
from werkzeug.serving import make_server

SETTINGS = json.load(open(sys.argv[1], encoding="utf-8"))
ORIGIN = f"https://localhost:{SETTINGS['port']}"
METHOD = "client_secret_post"

app = Flask(__name__)
app.secret_key = secrets.token_bytes(32)
app.config.update(SESSION_COOKIE_NAME="rp", SESSION_COOKIE_SECURE=True, SESSION_COOKIE_SAMESITE="Lax")

provider = OAuth(app).register(
    "vestibule",
    server_metadata_url=f"{SETTINGS['issuer']}/.well-known/openid-configuration",
    client_id=SETTINGS["client_id"],
    client_secret=SETTINGS["client_secret"],
    user_agent=SKIP_HEADER,
    client_kwargs={
        "scope": SETTINGS["scope"],
        "code_challenge_method": "S256",
        "token_endpoint_auth_method": METHOD,
    },
)

# Who is signed in, by what the cookie says; and the logout tokens that came.
visits = {}
told = []


def visit():
    return visits.setdefault(session.setdefault("visit", secrets.token_hex(16)), {})


def endpoint(name):
    return provider.load_server_metadata()[name]


def back_channel():
    """The client for everything that no browser takes part in."""
    client = OAuth2Session(
        SETTINGS["client_id"],
        SETTINGS["client_secret"],
        token=visit()["token"],
        token_endpoint_auth_method=METHOD,
        revocation_endpoint_auth_method=METHOD,
    )
    client.headers["User-Agent"] = SKIP_HEADER
    return client


def shown(**more):
    token, claims = visit()["token"], visit()["claims"]
    userinfo = provider.userinfo(token=token)
    assert userinfo["sub"] == claims["sub"]
    return jsonify(
        token_type=token["token_type"],
        expires_in=token["expires_in"],
        scope=token.get("scope"),
        refreshable="refresh_token" in token,
        claims=claims,
        userinfo=userinfo,
        **more,
    )


@app.get("/login")
def login():
    visit()
    return provider.authorize_redirect(f"{ORIGIN}/callback", **request.args)


@app.get("/callback")
def callback():
    token = provider.authorize_access_token()
    visit().update(token=token, claims=token["userinfo"])
    return shown()


@app.get("/session")
def signed_in():
    return jsonify(signed_in="claims" in visit())


@app.get("/refresh")
def refresh():
    before = visit()["token"]
    after = back_channel().refresh_token(endpoint("token_endpoint"))
    visit()["token"] = {**before, **after}
    return shown(rotated=after["refresh_token"] != before["refresh_token"])


@app.get("/introspect")
def introspect():
    token = visit()["token"]["access_token"]
    return back_channel().introspect_token(endpoint("introspection_endpoint"), token=token).json()


@app.get("/revoke")
def revoke():
    token = visit()["token"]["refresh_token"]
    answer = back_channel().revoke_token(endpoint("revocation_endpoint"), token=token, token_type_hint="refresh_token")
    return jsonify(status=answer.status_code)


@app.get("/logout")
def logout():
    hint = visit()["token"]["id_token"]
    visit().pop("claims")
    return provider.logout_redirect(f"{ORIGIN}/signed-out", id_token_hint=hint)


@app.get("/signed-out")
def signed_out():
    return jsonify(provider.validate_logout_response())


@app.post("/backchannel")
def backchannel():
    keys = KeySet.import_key_set(provider.fetch_jwk_set())
    token = jwt.decode(request.form["logout_token"], keys, algorithms=["ES256", "EdDSA", "RS256"])
    assert token.header["typ"] == "logout+jwt"
    claims = token.claims
    jwt.JWTClaimsRegistry(
        leeway=120,
        iss={"essential": True, "value": SETTINGS["issuer"]},
        aud={"essential": True, "value": SETTINGS["client_id"]},
        iat={"essential": True},
        exp={"essential": True},
        jti={"essential": True},
    ).validate(claims)
    assert "http://schemas.openid.net/event/backchannel-logout" in claims["events"] and "nonce" not in claims
    told.append(claims)
    by = "sid" if "sid" in claims else "sub"
    for one in visits.values():
        if one.get("claims", {}).get(by) == claims[by]:
            del one["claims"]
    return ""


@app.get("/told")
def all_told():
    return jsonify(told)


@app.errorhandler(OAuthError)
def refused(error):
    return jsonify(failed=error.error, error_description=error.description), 400


@app.errorhandler(Exception)
def failed(error):
    return jsonify(failed=type(error).__name__, message=str(error)), 400


server = make_server(
    "127.0.0.1",
    SETTINGS["port"],
    app,
    threaded=True,
    ssl_context=(SETTINGS["certificate"], SETTINGS["key"]),
)
print("ready", flush=True)
server.serve_forever()
