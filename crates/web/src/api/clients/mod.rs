//! `/api/v1/clients`: the relying parties of a lab.

pub mod add;
pub mod disable;
pub mod list;
pub mod replace;
pub mod rotate;
pub mod show;

use serde::Serialize;

use super::problem::Declined;
use crate::kit::Context;
use admin::clients::{self, ClientError, ClientView, IssuedSecret};
use kernel::ids::ClientId;

/// A client, with its secret where there is a new one: it is never told again.
#[derive(Serialize)]
struct ClientReply<'a> {
    #[serde(flatten)]
    client: ClientView,
    #[serde(flatten)]
    secret: Option<ToldSecret<'a>>,
}

#[derive(Serialize)]
struct ToldSecret<'a> {
    client_secret: &'a str,
    client_secret_expires_at: String,
}

impl<'a> ToldSecret<'a> {
    fn of(secret: &'a IssuedSecret) -> Self {
        Self {
            client_secret: secret.expose(),
            client_secret_expires_at: secret.expires_at.to_string(),
        }
    }
}

async fn told<'a>(
    context: &Context<'_>,
    id: &ClientId,
    secret: Option<&'a IssuedSecret>,
) -> Result<ClientReply<'a>, Declined> {
    Ok(ClientReply {
        client: clients::lookup(&context.app.core, context.lab(), id).await?,
        secret: secret.map(ToldSecret::of),
    })
}

/// An impossible name belongs to no client.
fn named(id: &str) -> Result<ClientId, ClientError> {
    id.parse().map_err(|_| ClientError::Unknown)
}
