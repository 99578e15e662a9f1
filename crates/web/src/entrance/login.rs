//! Signing in: one form, three fields, one refusal.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::form_urlencoded::{Serializer, byte_serialize};

use crate::entrance::signed_in;
use crate::entrance::under_way::{self, Begun};
use crate::kit::context::with_portal;
use crate::kit::rebuff::Rebuff;
use crate::kit::settlement::{Settlement, settle};
use crate::kit::{App, Context, Failure, Fields, Opened, Posted, once, see_other};
use crate::pages::{Door, Login, LoginError};
use auth::arrival::Arrival;
use auth::session::{self, OpenedSession};
use auth::under_way::UnderWay;
use auth::{hand_over, sign_in};
use crypto::token::{PlainToken, TokenKind};
use domain::return_to::{ClientReturn, ReturnTo, SitePath, SiteReturn};
use domain::session::Session;
use oidc::authorize::proceed::{Outline, outline};
use service::attempts::{Codes, Ended};

/// Where a client's request continues once a person is signed in.
pub const CONTINUE: &str = "/oauth2/authorize/continue";

/// Where the person was going, as the site told the portal.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Destination {
    pub(super) site: Option<String>,
    pub(super) to: Option<String>,
    pub(super) via: Option<String>,
    /// Handle of a client's request.
    pub(super) request: Option<String>,
    /// The client wants a new sign-in although a person is signed in.
    pub(super) again: Option<String>,
    #[serde(skip)]
    pub(super) outline: Option<Outline>,
}

#[derive(Debug, Deserialize)]
pub struct Form {
    #[serde(default)]
    identifier: String,
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    code: SecretString,
    #[serde(default)]
    next_code: SecretString,
    #[serde(flatten)]
    destination: Destination,
}

impl Fields for Form {
    type Again = (Destination, Typed);

    fn again(&self) -> Self::Again {
        let typed = Typed {
            identifier: self.identifier.clone(),
            two_codes: !self.next_code.expose_secret().trim().is_empty(),
            ..Typed::default()
        };
        (self.destination.clone(), typed)
    }
}

/// What the form shows again.
#[derive(Debug, Default)]
pub struct Typed {
    identifier: String,
    two_codes: bool,
    /// The one that an error is about.
    provider: String,
}

impl Typed {
    /// Nothing was typed, and there is a message about a provider.
    pub(super) fn about(provider: String) -> Self {
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

    /// Only a site of this lab, a path of that site and a browser's mark make a destination; anything else does not.
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
        if let Some(session) = session.filter(|_| destination.again.is_none()) {
            return go_on(context, &session, to.as_ref()).await;
        }
        let typed = Typed {
            identifier: destination.login_hint().to_owned(),
            ..Typed::default()
        };
        let page = |error| form(context, StatusCode::OK, &typed, &destination, error);
        match under_way::lookup(context).await? {
            Begun::Alive(UnderWay::Hold) if destination.again.is_none() => Ok(see_other(context.door.password)),
            Begun::Alive(_) | Begun::Nothing => page(None),
            Begun::Over => {
                let mut response = page(Some(LoginError::Over))?;
                under_way::forget(context, &mut response);
                Ok(response)
            }
        }
    })
    .await
}

pub async fn post(app: Data<App>, request: HttpRequest, posted: Posted<Form>) -> HttpResponse {
    once(app, request, posted, async |context, posted| {
        let (mut destination, typed) = posted.again();
        context.shown_at(&destination.login_page(context.door));
        let admitted = context.admit_sign_in()?;
        destination.look_up(context).await?;
        let fields = match posted.open(context, admitted).await? {
            Opened::Fields(fields) => fields,
            Opened::Stale(_) => return expired(context, &typed, &destination),
            Opened::Answered(answer) => return Ok(answer),
        };
        let shown = sign_in::Form {
            identifier: &fields.identifier,
            password: &fields.password,
            codes: Codes::two(&fields.code, &fields.next_code),
            browser: context.visitor(),
            return_to: destination.check(context),
        };
        let ended = sign_in::sign_in(context.act(&context.actor()), shown).await?;
        answer(context, ended, typed, &destination).await
    })
    .await
}

pub(super) fn expired(
    context: &Context<'_>,
    typed: &Typed,
    destination: &Destination,
) -> Result<HttpResponse, Failure> {
    form(
        context,
        StatusCode::FORBIDDEN,
        typed,
        destination,
        Some(LoginError::Expired),
    )
}

pub(super) async fn answer(
    context: &mut Context<'_>,
    ended: Ended<Arrival>,
    mut typed: Typed,
    destination: &Destination,
) -> Result<HttpResponse, Failure> {
    let rebuff = match settle(context, ended).await {
        Settlement::Passed(arrival) => return arrive(context, arrival, destination).await,
        Settlement::Over => return Ok(see_other(context.door.login)),
        Settlement::Rebuffed(rebuff) => rebuff,
    };
    typed.two_codes |= rebuff == Rebuff::TwoCodes;
    rebuff.answer(|status, error| form(context, status, &typed, destination, Some(error)))
}

pub(super) async fn arrive(
    context: &mut Context<'_>,
    arrival: Arrival,
    destination: &Destination,
) -> Result<HttpResponse, Failure> {
    context.app.floor.note(context.arrived);
    match arrival {
        Arrival::SignedIn(opened) => {
            let to = destination.check(context);
            enter(context, opened, to.as_ref()).await
        }
        Arrival::Held(token) => Ok(context.go_on_with(&token, context.door.password)),
    }
}

pub(super) fn form(
    context: &Context<'_>,
    status: StatusCode,
    typed: &Typed,
    destination: &Destination,
    error: Option<LoginError>,
) -> Result<HttpResponse, Failure> {
    let page = Login {
        chrome: context.chrome(),
        identifier: &typed.identifier,
        site: destination.site.as_deref(),
        to: destination.to.as_deref(),
        via: destination.via.as_deref(),
        request: destination.request.as_deref(),
        asks_two: context.asks_two_codes(typed.two_codes),
        providers: &context.providers(),
        provider: &typed.provider,
        error,
    };
    context.page(status, &page)
}

/// The browser gets its new session, loses whatever it had before, and continues to where it was going.
pub async fn enter(
    context: &mut Context<'_>,
    opened: OpenedSession,
    to: Option<&ReturnTo>,
) -> Result<HttpResponse, Failure> {
    match signed_in::lookup_unended(context).await? {
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

/// The previous user of this browser is signed out.
pub async fn end_earlier(context: &mut Context<'_>) -> Result<(), Failure> {
    if let Some(before) = signed_in::lookup_unended(context).await? {
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
    // The site's pages keep the language of the portal's.
    let (origin, language) = (&site.origin, context.language().code());
    Ok(see_other(&format!(
        "{origin}/.vestibule/enter?ticket={}&to={path}&lang={language}",
        ticket.expose()
    )))
}
