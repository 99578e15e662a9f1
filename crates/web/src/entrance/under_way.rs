//! What this browser has begun, and the page that goes on with it.

use actix_web::HttpResponse;

use crate::kit::context::add_cookie;
use crate::kit::{Context, Failure, cookies};
use crate::pages::provider::CODE;
use auth::under_way::{self, UnderWay};
use crypto::token::TokenKind;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    Nothing,
    Alive(UnderWay),
    /// Nobody has said so yet.
    Over,
}

pub async fn lookup(context: &Context<'_>) -> Result<Begun, Failure> {
    let Some(token) = context.begun(TokenKind::Pending) else {
        return Ok(Begun::Nothing);
    };
    context.admit_session()?;
    let found = under_way::lookup(&context.app.core, context.realm(), &token).await?;
    context.session_checked();
    Ok(found.map_or(Begun::Over, Begun::Alive))
}

pub fn page(context: &Context<'_>, under_way: UnderWay) -> &'static str {
    match under_way {
        UnderWay::Enrolment => context.door.activate,
        UnderWay::Hold | UnderWay::HoldForLab => context.door.password,
        UnderWay::Code => CODE,
    }
}

/// The page has said that it is over, which is said once.
pub fn forget(context: &Context<'_>, response: &mut HttpResponse) {
    add_cookie(response, cookies::clear(cookies::pending(context.door)));
}
