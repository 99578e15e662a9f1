//! Signing in: one form, three fields, one refusal.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use url::form_urlencoded::{Serializer, byte_serialize};

use crate::entrance::signed_in;
use crate::kit::context::{add_cookie, retry_after, with_portal};
use crate::kit::failure::whole_seconds;
use crate::kit::{App, Context, Failure, cookies, see_other};
use crate::pages::{Door, Login, LoginError};
use auth::codes::Codes;
use auth::hand_over;
use auth::session::{self, Opened};
use auth::sign_in::{Attempt, Outcome, sign_in};
use crypto::token::{PlainToken, TokenKind};
use domain::return_to::{ClientReturn, ReturnTo, SitePath, SiteReturn};
use domain::session::Session;
use oidc::authorize::proceed::{Outline, outline};

/// Where a client's request goes on once somebody is signed in.
pub const CONTINUE: &str = "/oauth2/authorize/continue";

/// Where the person was going, as the site told the portal.
#[derive(Debug, Default, Deserialize)]
pub struct Destination {
    pub(super) site: Option<String>,
    pub(super) to: Option<String>,
    pub(super) via: Option<String>,
    /// Handle of a client's request.
    pub(super) request: Option<String>,
    /// The client wants the person to sign in although somebody is.
    pub(super) again: Option<String>,
    #[serde(skip)]
    pub(super) outline: Option<Outline>,
}

#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    identifier: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next_code: String,
    #[serde(default)]
    csrf: String,
    site: Option<String>,
    to: Option<String>,
    via: Option<String>,
    request: Option<String>,
}

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fields(..)")
    }
}

/// What the form shows again.
#[derive(Clone, Copy, Default)]
pub(super) struct Typed<'a> {
    identifier: &'a str,
    two_codes: bool,
    /// The one that an error is about.
    provider: &'a str,
}

impl<'a> Typed<'a> {
    /// Nothing was typed, and something is said of a provider.
    pub(super) fn about(provider: &'a str) -> Self {
        Self {
            provider,
            ..Self::default()
        }
    }
}

impl Destination {
    /// The sign-in that leads there.
    pub(super) fn login_page(&self, door: &Door) -> String {
        let fields = [
            ("site", &self.site),
            ("to", &self.to),
            ("via", &self.via),
            ("request", &self.request),
        ];
        let given = fields
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_deref()?)));
        let query = Serializer::new(String::new()).extend_pairs(given).finish();
        if query.is_empty() {
            door.login.to_owned()
        } else {
            format!("{}?{query}", door.login)
        }
    }

    /// Only a site of this lab, a path of that site and a browser's mark make a destination; anything else is none.
    /// Results are for patients: no site lets an operator in.
    pub(super) fn check(&self, context: &Context<'_>) -> Option<ReturnTo> {
        if context.door.is_desk {
            return None;
        }
        if let (Some(request), Some(outline)) = (&self.request, &self.outline) {
            return Some(ReturnTo::Client(ClientReturn {
                request: request.clone(),
                target: outline.target.clone(),
            }));
        }
        let site = context
            .face
            .sites
            .iter()
            .find(|site| Some(site.id.as_str()) == self.site.as_deref())?;
        let path = SitePath::parse(self.to.as_deref()?)?;
        let browser = self.via.clone().filter(|via| via.len() == 64)?;
        Some(ReturnTo::Site(SiteReturn {
            site: site.id.clone(),
            path,
            browser,
        }))
    }

    /// What the page has to know of the client's request, if one of this browser's is meant.
    ///
    /// # Errors
    /// The database does not answer.
    pub(super) async fn look_up(&mut self, context: &mut Context<'_>) -> Result<(), Failure> {
        let handle = self.request.as_deref().filter(|_| !context.door.is_desk);
        let Some(handle) = handle.and_then(|text| PlainToken::parse(TokenKind::Authorization, text)) else {
            return Ok(());
        };
        let (core, browser) = (&context.app.core, context.browser().hashed());
        self.outline = outline(core, context.lab(), &handle.hashed(), &browser).await?;
        if let Some(outline) = &self.outline {
            context.leads_to(&outline.target);
            context.prefer(outline.ui_locales.as_deref().unwrap_or_default());
        }
        Ok(())
    }

    fn login_hint(&self) -> &str {
        let hint = self.outline.as_ref().and_then(|outline| outline.login_hint.as_deref());
        hint.unwrap_or_default()
    }
}

pub async fn get(app: Data<App>, request: HttpRequest, query: Query<Destination>) -> HttpResponse {
    let mut destination = query.into_inner();
    with_portal(&app, &request, async |context| {
        let session = signed_in::current(context).await?;
        destination.look_up(context).await?;
        let to = destination.check(context);
        match session.filter(|_| destination.again.is_none()) {
            Some(session) => go_on(context, &session, to.as_ref()).await,
            None => {
                let typed = Typed {
                    identifier: destination.login_hint(),
                    ..Typed::default()
                };
                form(context, StatusCode::OK, typed, &destination, None)
            }
        }
    })
    .await
}

pub async fn post(app: Data<App>, request: HttpRequest, fields: Form<Fields>) -> HttpResponse {
    let Fields {
        identifier,
        password,
        code,
        next_code,
        csrf,
        site,
        to,
        via,
        request: asked,
    } = fields.into_inner();
    let mut destination = Destination {
        site,
        to,
        via,
        request: asked,
        ..Destination::default()
    };
    with_portal(&app, &request, async |context| {
        context.shown_at(&destination.login_page(context.door));

        let typed = Typed {
            identifier: &identifier,
            two_codes: !next_code.trim().is_empty(),
            provider: "",
        };
        context.admit_sign_in()?;
        destination.look_up(context).await?;
        if !context.made_form(&csrf) {
            return form(
                context,
                StatusCode::FORBIDDEN,
                typed,
                &destination,
                Some(LoginError::Expired),
            );
        }
        let attempt = Attempt {
            lab: context.realm(),
            identifier: &identifier,
            password: &password,
            codes: Codes {
                code: &code,
                next: &next_code,
            },
            actor: context.actor(),
            browser: context.visitor(),
            return_to: destination.check(context),
        };
        let outcome = sign_in(&context.app.core, attempt).await?;
        answer(context, outcome, typed, &destination).await
    })
    .await
}

pub(super) async fn answer(
    context: &mut Context<'_>,
    outcome: Outcome,
    typed: Typed<'_>,
    destination: &Destination,
) -> Result<HttpResponse, Failure> {
    if matches!(outcome, Outcome::SignedIn(_) | Outcome::Held(_)) {
        context.app.floor.note(context.arrived);
    }
    match outcome {
        Outcome::SignedIn(opened) => {
            let to = destination.check(context);
            enter(context, opened, to.as_ref()).await
        }
        Outcome::Held(token) => {
            let mut response = see_other(context.door.password);
            add_cookie(
                &mut response,
                cookies::set(cookies::pending(context.door), token.expose()),
            );
            Ok(response)
        }
        Outcome::Refused => {
            context.wait_for_floor().await;
            form(
                context,
                StatusCode::UNAUTHORIZED,
                typed,
                destination,
                Some(LoginError::Refused),
            )
        }
        Outcome::TurnedAway => {
            let error = Some(LoginError::TwoCodes);
            let two_codes = true;
            let typed = Typed { two_codes, ..typed };
            form(context, StatusCode::UNAUTHORIZED, typed, destination, error)
        }
        Outcome::Wait(wait) => {
            let seconds = whole_seconds(wait);
            let error = Some(LoginError::Wait { seconds });
            let mut response = form(context, StatusCode::TOO_MANY_REQUESTS, typed, destination, error)?;
            retry_after(&mut response, seconds);
            Ok(response)
        }
        Outcome::Busy(wait) => {
            let seconds = whole_seconds(wait);
            let error = Some(LoginError::Busy { seconds });
            let mut response = form(context, StatusCode::SERVICE_UNAVAILABLE, typed, destination, error)?;
            retry_after(&mut response, seconds);
            Ok(response)
        }
    }
}

pub(super) fn form(
    context: &Context<'_>,
    status: StatusCode,
    typed: Typed<'_>,
    destination: &Destination,
    error: Option<LoginError>,
) -> Result<HttpResponse, Failure> {
    let page = Login {
        chrome: context.chrome(),
        identifier: typed.identifier,
        site: destination.site.as_deref(),
        to: destination.to.as_deref(),
        via: destination.via.as_deref(),
        request: destination.request.as_deref(),
        asks_two: context.asks_two_codes(typed.two_codes),
        providers: &context.providers(),
        provider: typed.provider,
        error,
    };
    context.page(status, &page)
}

/// The browser gets its new session, loses whatever it had before, and goes on to where it was going.
///
/// # Errors
/// The database does not answer.
pub async fn enter(context: &mut Context<'_>, opened: Opened, to: Option<&ReturnTo>) -> Result<HttpResponse, Failure> {
    match signed_in::left_open(context).await? {
        Some(before) if before.account == opened.session.account => {
            let (core, realm) = (&context.app.core, context.realm());
            session::take_place(core, realm, &before, &opened.session, &context.actor()).await?;
        }
        _ => end_earlier(context).await?,
    }
    let mut response = go_on(context, &opened.session, to).await?;
    context.let_in(&mut response, &opened);
    Ok(response)
}

/// Whoever used this browser before is signed out.
///
/// # Errors
/// The database does not answer.
pub async fn end_earlier(context: &mut Context<'_>) -> Result<(), Failure> {
    if let Some(before) = signed_in::left_open(context).await? {
        session::end(
            &context.app.core,
            context.realm(),
            before.account,
            before.id,
            &context.actor(),
        )
        .await?;
    }
    Ok(())
}

async fn go_on(context: &Context<'_>, session: &Session, to: Option<&ReturnTo>) -> Result<HttpResponse, Failure> {
    let to = match to {
        None => return Ok(see_other(context.door.home)),
        Some(ReturnTo::Client(client)) => {
            return Ok(see_other(&format!("{CONTINUE}?request={}", client.request)));
        }
        Some(ReturnTo::Site(site)) => site,
    };
    let site = context.app.faces.site(&to.site).ok_or(Failure::NotFound)?;
    let ticket = hand_over::issue_ticket(&context.app.core, context.lab(), session, to).await?;
    let Some(ticket) = ticket else {
        return Ok(see_other(context.door.home));
    };
    let path: String = byte_serialize(to.path.as_str().as_bytes()).collect();
    // The site's pages go on in the language of the portal's.
    let (origin, language) = (&site.origin, context.language().code());
    Ok(see_other(&format!(
        "{origin}/.vestibule/enter?ticket={}&to={path}&lang={language}",
        ticket.expose()
    )))
}
