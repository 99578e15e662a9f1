//! The demo's relying party: what a developer needs to try a sign-in from an application of their own at once.

use crate::DemoError;
use crate::folder::Client;
use admin::clients::{self, Authority, ClientError, Days};
use config::Lab;
use domain::audit::Actor;
use domain::client::{Authentication, GrantType, Policy, Scope};
use kernel::ids::ClientId;
use service::Core;

const ID: &str = "carnet";
/// On this machine; nothing listens there until the developer's application does.
const REDIRECT_URI: &str = "http://127.0.0.1:8455/callback";

/// # Errors
/// The database cannot be written.
pub async fn register(core: &Core, lab: &Lab) -> Result<Client, DemoError> {
    let site = core.config.sites.iter().find(|site| site.lab == lab.id);
    let policy = Policy {
        grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        redirect_uris: vec![REDIRECT_URI.to_owned()],
        post_logout_redirect_uris: vec![REDIRECT_URI.to_owned()],
        scopes: [Scope::OpenId, Scope::Profile, Scope::Email, Scope::Records]
            .into_iter()
            .collect(),
        site: site.map(|site| site.id.clone()),
        ..Policy::new("Mon carnet de santé".to_owned(), Authentication::ClientSecretBasic)
    };
    let id: ClientId = ID.parse().map_err(DemoError::problem)?;
    let days = Days::of_secret(None).map_err(DemoError::problem)?;
    let authority = Authority::whole(Actor::Vestibule);
    let added = clients::add(core, &lab.id, &id, policy, days, &authority).await;
    let secret = added.map_err(|error: ClientError| DemoError::problem(error))?;
    Ok(Client {
        client_id: id.to_string(),
        client_secret: secret.map(|secret| secret.expose().to_owned()).unwrap_or_default(),
        redirect_uri: REDIRECT_URI.to_owned(),
    })
}
