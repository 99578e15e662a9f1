//! From arguments to an entry.

use std::path::Path;

use serde_json::Value;

use super::args::{Entry, Flags, Method};
use crate::problem;
use config::Problems;
use domain::client::{
    Authentication, CertificateName, Consent, Demand, GrantType, Policy, PolicyProblem, Refresh, Scope, SubjectType,
};

/// More than any entry or set of keys has.
const LONGEST_FILE: u64 = 1 << 20;

/// What the arguments make of an entry; files are read before anything is changed.
pub(super) struct Change<'a> {
    entry: &'a Entry,
    whole: Option<Policy>,
    jwks: Option<Value>,
    ca: Option<String>,
}

impl<'a> Change<'a> {
    /// # Errors
    /// A file that cannot be read, or flags that contradict each other.
    pub(super) fn of(entry: &'a Entry) -> Result<Self, Problems> {
        let flags = &entry.flags;
        if flags.fapi && !matches!(flags.auth, Some(Method::PrivateKeyJwt | Method::TlsClientAuth)) {
            let what = "FAPI 2.0 does not allow secrets";
            return Err(problem(
                "--fapi",
                what,
                "add --auth private_key_jwt or --auth tls_client_auth",
            ));
        }
        let json = |file: &Path| serde_json::from_str::<Value>(&read(file)?).map_err(|error| unreadable(file, &error));
        Ok(Self {
            entry,
            whole: entry.file.as_deref().map(whole).transpose()?,
            jwks: flags.jwks.as_deref().map(json).transpose()?,
            ca: flags.backchannel_ca.as_deref().map(read).transpose()?,
        })
    }

    /// # Errors
    /// A method without what it takes.
    pub(super) fn new_entry(self) -> Result<Policy, Problems> {
        let method = self.entry.flags.auth.unwrap_or(Method::ClientSecretBasic);
        let missing = match (method, self.whole.is_some()) {
            (_, true) => None,
            (Method::PrivateKeyJwt, _) if self.jwks.is_none() => Some("add --jwks FILE with its public keys"),
            (Method::TlsClientAuth, _) if self.certificate().is_none() => {
                Some("add --certificate-dn or --certificate-dns")
            }
            _ => None,
        };
        if let Some(remedy) = missing {
            return Err(problem("--auth", "the client could not be recognised", remedy));
        }
        let mut base = Policy::new(String::new(), Authentication::ClientSecretBasic);
        if self.entry.flags.grant.is_empty() {
            base.grant_types = vec![GrantType::AuthorizationCode];
        }
        let is_for_people = self.entry.flags.grant.iter().all(|grant| {
            let grant = GrantType::from(*grant);
            grant != GrantType::ClientCredentials
        });
        if is_for_people {
            base.scopes = [Scope::OpenId].into_iter().collect();
        }
        Ok(self.applied_to(base))
    }

    /// What is not named stays.
    pub(super) fn applied_to(self, base: Policy) -> Policy {
        if let Some(whole) = self.whole {
            return whole;
        }
        let authentication = self.authentication(&base.authentication);
        let flags = &self.entry.flags;
        let mut policy = base;
        policy.authentication = authentication;
        set(&mut policy.name, flags.name.clone());
        set_list(&mut policy.redirect_uris, &flags.redirect_uri);
        set_list(&mut policy.post_logout_redirect_uris, &flags.post_logout_redirect_uri);
        if !flags.grant.is_empty() {
            policy.grant_types = flags.grant.iter().copied().map(GrantType::from).collect();
        }
        set(
            &mut policy.backchannel_logout_uri,
            flags.backchannel_logout_uri.clone().map(Some),
        );
        set(&mut policy.backchannel_ca, self.ca.map(Some));
        set(&mut policy.scopes, flags.scope.clone());
        set(&mut policy.site, flags.site.clone().map(Some));
        set(&mut policy.sector, flags.sector.clone().map(Some));
        set(&mut policy.id_token_algorithm, flags.id_token_alg);
        set(&mut policy.userinfo_algorithm, flags.userinfo_alg.map(Some));
        set(&mut policy.lifetimes.access_token_seconds, flags.access_token_seconds);
        set(&mut policy.lifetimes.id_token_seconds, flags.id_token_seconds);
        set(&mut policy.lifetimes.offline_days, flags.offline_days);
        set_rules(&mut policy, flags);
        policy
    }

    fn certificate(&self) -> Option<CertificateName> {
        let flags = &self.entry.flags;
        let dn = flags.certificate_dn.clone().map(CertificateName::SubjectDn);
        dn.or_else(|| flags.certificate_dns.clone().map(CertificateName::SanDns))
    }

    fn authentication(&self, base: &Authentication) -> Authentication {
        let jwks = || self.jwks.clone().or_else(|| base.jwks().cloned());
        let name = || match base {
            Authentication::TlsClientAuth { name, .. } => self.certificate().or_else(|| Some(name.clone())),
            _ => self.certificate(),
        };
        let made = match self.entry.flags.auth.unwrap_or_else(|| method_of(base)) {
            Method::ClientSecretBasic => Some(Authentication::ClientSecretBasic),
            Method::ClientSecretPost => Some(Authentication::ClientSecretPost),
            Method::PrivateKeyJwt => jwks().map(|jwks| Authentication::PrivateKeyJwt { jwks }),
            Method::TlsClientAuth => name().map(|name| Authentication::TlsClientAuth { name, jwks: jwks() }),
        };
        // An entry without keys or names is refused with the others.
        made.unwrap_or(Authentication::PrivateKeyJwt { jwks: Value::Null })
    }
}

fn set_rules(policy: &mut Policy, flags: &Flags) {
    let fapi = flags.fapi.then_some(true);
    let pick = |flag: Option<bool>, yes, no| flag.map(|flag| if flag { yes } else { no });
    set(
        &mut policy.consent,
        flags
            .first_party
            .map(|own| if own { Consent::FirstParty } else { Consent::Asked }),
    );
    set(
        &mut policy.subject,
        flags.public_subject.map(|public| {
            if public {
                SubjectType::Public
            } else {
                SubjectType::Pairwise
            }
        }),
    );
    set(&mut policy.pushed_requests_only, flags.pushed_requests_only.or(fapi));
    set(&mut policy.bound_tokens_only, flags.bound_tokens_only.or(fapi));
    set(
        &mut policy.refresh,
        pick(flags.keep_refresh_tokens.or(fapi), Refresh::Kept, Refresh::Rotated),
    );
    for (demand, required, reason) in [
        (&mut policy.pkce, flags.pkce, &flags.no_pkce),
        (&mut policy.nonce, flags.nonce, &flags.no_nonce),
    ] {
        set(demand, required.then_some(Demand::Required));
        set(demand, reason.clone().map(Demand::WaivedBecause));
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn set_list(place: &mut Vec<String>, values: &[String]) {
    if !values.is_empty() {
        *place = values.to_vec();
    }
}

const fn method_of(authentication: &Authentication) -> Method {
    match authentication {
        Authentication::ClientSecretBasic => Method::ClientSecretBasic,
        Authentication::ClientSecretPost => Method::ClientSecretPost,
        Authentication::PrivateKeyJwt { .. } => Method::PrivateKeyJwt,
        Authentication::TlsClientAuth { .. } => Method::TlsClientAuth,
    }
}

/// As `client show` prints it, or the entry alone.
fn whole(file: &Path) -> Result<Policy, Problems> {
    let text = read(file)?;
    let mut value: Value = serde_json::from_str(&text).map_err(|error| unreadable(file, &error))?;
    if let Some(policy) = value.get_mut("policy") {
        value = policy.take();
        return serde_json::from_value(value).map_err(|error| unreadable(file, &error));
    }
    // From the text, so that a mistake is told with its line.
    serde_json::from_str(&text).map_err(|error| unreadable(file, &error))
}

fn read(file: &Path) -> Result<String, Problems> {
    use std::io::Read;
    let mut text = String::new();
    let opened = std::fs::File::open(file).and_then(|opened| opened.take(LONGEST_FILE).read_to_string(&mut text));
    let remedy = "name a text file that this user can read";
    opened.map_err(|error| problem(file.display().to_string(), error.to_string(), remedy))?;
    Ok(text)
}

fn unreadable(file: &Path, error: &serde_json::Error) -> Problems {
    let remedy = "vestibule client show ID --lab L prints an entry to start from";
    problem(file.display().to_string(), error.to_string(), remedy)
}

/// Where the reader finds the field: the flag, or the file.
pub(super) fn unfit(entry: Option<&Entry>, problems: &[PolicyProblem]) -> Problems {
    let mut all = Problems::default();
    for PolicyProblem { field, remedy } in problems {
        let place = match entry.and_then(|entry| entry.file.as_deref()) {
            Some(file) => format!("{}: {field}", file.display()),
            None => flag(field).to_owned(),
        };
        all.add(place, "this cannot work", remedy.clone());
    }
    all
}

fn flag(field: &'static str) -> &'static str {
    match field {
        "name" => "--name",
        "authentication" => "--auth",
        "grant_types" => "--grant",
        "redirect_uris" => "--redirect-uri",
        "post_logout_redirect_uris" => "--post-logout-redirect-uri",
        "backchannel_logout_uri" => "--backchannel-logout-uri",
        "backchannel_ca" => "--backchannel-ca",
        "scopes" => "--scope",
        "site" => "--site",
        "sector" => "--sector",
        "pkce" => "--no-pkce",
        "nonce" => "--no-nonce",
        "refresh" => "--keep-refresh-tokens",
        "id_token_algorithm" => "--id-token-alg",
        "userinfo_algorithm" => "--userinfo-alg",
        "overlap_days" => "--overlap",
        "secret_days" => "--secret-days",
        "lifetimes" => "--access-token-seconds, --id-token-seconds, --offline-days",
        other => other,
    }
}
