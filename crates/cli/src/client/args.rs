//! The arguments of `vestibule client …`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crypto::jose::Algorithm;
use domain::client::{GrantType, Scopes};
use kernel::ids::{ClientId, LabId, SiteId};

#[derive(Debug, Subcommand)]
pub enum Client {
    /// Let an application sign people in, or use the admin API; prints its secret, this one time
    Add {
        /// Its client ID: a-z, 0-9 and '-'
        id: ClientId,
        #[arg(long)]
        lab: LabId,
        /// Days after which its secret expires [default: 365]
        #[arg(long, value_name = "N")]
        secret_days: Option<u32>,
        #[command(flatten)]
        entry: Entry,
    },
    /// List the clients of a lab
    List {
        #[arg(long)]
        lab: LabId,
    },
    /// Show one client and all that it may do, as JSON that --file accepts
    Show {
        id: ClientId,
        #[arg(long)]
        lab: LabId,
    },
    /// Change the settings given, or all of them with --file
    Set {
        id: ClientId,
        #[arg(long)]
        lab: LabId,
        #[command(flatten)]
        entry: Entry,
    },
    /// Make a new secret and print it, this one time; older secrets keep working for a while
    Rotate {
        id: ClientId,
        #[arg(long)]
        lab: LabId,
        /// Days for which the older secrets keep working; 0 ends them now [default: 7]
        #[arg(long, value_name = "N")]
        overlap: Option<u32>,
        /// Days after which the new secret expires [default: 365]
        #[arg(long, value_name = "N")]
        secret_days: Option<u32>,
    },
    /// Disable a client for good and end every session, token and grant it holds
    Disable {
        id: ClientId,
        #[arg(long)]
        lab: LabId,
    },
}

/// A client's entry, flag by flag or in a file.
#[derive(Debug, Args)]
#[command(next_help_heading = "What it may do")]
pub struct Entry {
    /// The whole entry as JSON, instead of the flags below
    #[arg(long, value_name = "POLICY.json", conflicts_with = "flags")]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub flags: Flags,
}

#[derive(Debug, Args)]
#[group(id = "flags", multiple = true)]
pub struct Flags {
    /// The name that people see on the consent page
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// How it authenticates [default: client_secret_basic]
    #[arg(long, value_name = "METHOD")]
    pub auth: Option<Method>,
    /// Its public keys, as a JWK set: for private_key_jwt, and for request objects of tls_client_auth
    #[arg(long, value_name = "FILE")]
    pub jwks: Option<PathBuf>,
    /// For tls_client_auth: the subject of its certificate, as in "CN=app,O=Cabinet,C=FR"
    #[arg(long, value_name = "DN", conflicts_with = "certificate_dns")]
    pub certificate_dn: Option<String>,
    /// For tls_client_auth: a host name of its certificate
    #[arg(long, value_name = "NAME")]
    pub certificate_dns: Option<String>,
    /// May be repeated [default: authorization_code]
    #[arg(long, value_name = "GRANT")]
    pub grant: Vec<Grant>,
    /// Where people are sent back to, compared character by character; may be repeated
    #[arg(long, value_name = "URI")]
    pub redirect_uri: Vec<String>,
    /// Where people may be sent after signing out; may be repeated
    #[arg(long, value_name = "URI")]
    pub post_logout_redirect_uri: Vec<String>,
    /// Where to tell it that a session has ended (back-channel logout)
    #[arg(long, value_name = "URI")]
    pub backchannel_logout_uri: Option<String>,
    /// Certificate authorities for that address, in PEM
    #[arg(long, value_name = "FILE")]
    pub backchannel_ca: Option<PathBuf>,
    /// Separated by spaces: openid profile email records offline_access; or clients:read clients:write [default:
    /// openid]
    #[arg(long, value_name = "SCOPES")]
    pub scope: Option<Scopes>,
    /// The site whose record numbers the scope "records" gives
    #[arg(long, value_name = "SITE")]
    pub site: Option<SiteId>,
    /// The lab's own software: people are not asked for consent
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub first_party: Option<bool>,
    /// A person has the same subject (sub) at all clients with this setting
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub public_subject: Option<bool>,
    /// The host that subjects (sub) are made for [default: the host of --redirect-uri]
    #[arg(long, value_name = "NAME")]
    pub sector: Option<String>,
    /// The reason why it cannot do PKCE
    #[arg(long, value_name = "REASON", conflicts_with = "pkce")]
    pub no_pkce: Option<String>,
    /// It must use PKCE (default)
    #[arg(long)]
    pub pkce: bool,
    /// The reason why it cannot send a nonce
    #[arg(long, value_name = "REASON", conflicts_with = "nonce")]
    pub no_nonce: Option<String>,
    /// It must send a nonce (default)
    #[arg(long)]
    pub nonce: bool,
    /// It must push every request first (PAR)
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub pushed_requests_only: Option<bool>,
    /// Every token is bound to the client's key (DPoP, or its certificate)
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub bound_tokens_only: Option<bool>,
    /// A refresh token may be used more than once
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub keep_refresh_tokens: Option<bool>,
    /// As FAPI 2.0 requires: the three above; needs --auth private_key_jwt or tls_client_auth
    #[arg(long, conflicts_with_all = ["pushed_requests_only", "bound_tokens_only", "keep_refresh_tokens"])]
    pub fapi: bool,
    /// ES256, EdDSA or RS256 [default: ES256]
    #[arg(long, value_name = "ALG")]
    pub id_token_alg: Option<Algorithm>,
    /// Userinfo is signed, with ES256, EdDSA or RS256 [default: it is plain JSON]
    #[arg(long, value_name = "ALG")]
    pub userinfo_alg: Option<Algorithm>,
    /// [default: 300]
    #[arg(long, value_name = "N")]
    pub access_token_seconds: Option<u32>,
    /// [default: 300]
    #[arg(long, value_name = "N")]
    pub id_token_seconds: Option<u32>,
    /// Days for which a grant with offline_access lasts [default: 30]
    #[arg(long, value_name = "N")]
    pub offline_days: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Method {
    ClientSecretBasic,
    ClientSecretPost,
    PrivateKeyJwt,
    TlsClientAuth,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Grant {
    AuthorizationCode,
    RefreshToken,
    ClientCredentials,
}

impl From<Grant> for GrantType {
    fn from(grant: Grant) -> Self {
        match grant {
            Grant::AuthorizationCode => Self::AuthorizationCode,
            Grant::RefreshToken => Self::RefreshToken,
            Grant::ClientCredentials => Self::ClientCredentials,
        }
    }
}
