//! One request, as the pages of a lab see it: which lab, who asks, in which language, from which browser.

use std::cell::{Cell, OnceCell};

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::http::{Method, StatusCode};
use askama::Template;

use crate::kit::answer;
use crate::kit::app::App;
use crate::kit::client_address::client_address;
use crate::kit::cookies;
use crate::kit::faces::{Face, LabFace};
use crate::kit::failure::{Failure, whole_seconds};
use crate::kit::wipe;
use crate::pages::{Chrome, Door, ErrorKind, ErrorPage, PORTAL, ProviderButton};
use auth::browser::Browser;
use auth::second_click::Sending;
use auth::session::OpenedSession;
use config::{Provider, is_over};
use crypto::cookie_tag::{tagged, untagged};
use crypto::csrf;
use crypto::token::{PlainToken, TokenKind};
use domain::audit::Actor;
use domain::session::describe_device;
use i18n::{Language, negotiate, wished};
use kernel::client_address::ClientAddress;
use kernel::clock::Stopwatch;
use kernel::ids::{CorrelationId, LabId};
use machinery::admission::Place;
use service::act::Act;

/// What only a page needs is looked up when a page is written: most requests at the gate never write one.
pub struct Context<'a> {
    pub app: &'a App,
    pub request: &'a HttpRequest,
    pub face: &'a LabFace,
    pub door: &'static Door,
    pub client: ClientAddress,
    pub arrived: Stopwatch,
    language: OnceCell<Language>,
    browser: PlainToken,
    is_new_browser: bool,
    csrf: OnceCell<String>,
    path: OnceCell<String>,
    /// On a site's host the portal is elsewhere.
    is_site: bool,
    portal: OnceCell<String>,
    pub signed_in: bool,
    /// Foreign origins that a form of the page leads to in the end.
    form_targets: Vec<String>,
    /// What this request was let in for.
    pub(super) place: Cell<Option<Place>>,
    /// The form that it answers, for the second click as well.
    pub(super) sending: Cell<Option<Sending>>,
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context")
            .field("lab", &self.face.lab.id)
            .finish_non_exhaustive()
    }
}

impl<'a> Context<'a> {
    pub fn on_portal(app: &'a App, request: &'a HttpRequest, face: &'a LabFace) -> Self {
        Self::new(app, request, face, false)
    }

    pub fn on_site(app: &'a App, request: &'a HttpRequest, face: &'a LabFace) -> Self {
        Self::new(app, request, face, true)
    }

    fn new(app: &'a App, request: &'a HttpRequest, face: &'a LabFace, is_site: bool) -> Self {
        let known = cookies::token(request, cookies::BROWSER, TokenKind::Browser);
        let is_new_browser = known.is_none();
        let browser = known.unwrap_or_else(|| PlainToken::generate(TokenKind::Browser, &*app.core.entropy));
        Self {
            app,
            request,
            face,
            door: if is_site {
                &PORTAL
            } else {
                Door::of_path(request.path())
            },
            client: client_address(app, request),
            arrived: Stopwatch::start(),
            language: OnceCell::new(),
            csrf: OnceCell::new(),
            browser,
            is_new_browser,
            path: OnceCell::new(),
            is_site,
            portal: OnceCell::new(),
            signed_in: false,
            form_targets: Vec::new(),
            place: Cell::new(None),
            sending: Cell::new(None),
        }
    }

    pub fn lab(&self) -> &'a LabId {
        &self.face.lab.id
    }

    /// The realm that holds the accounts of those who sign in here.
    pub fn realm(&self) -> &'a LabId {
        if self.door.is_desk {
            &self.app.faces.operators
        } else {
            self.lab()
        }
    }

    pub fn actor(&self) -> Actor {
        Actor::Visitor {
            address: self.client.to_string(),
        }
    }

    /// `actor`: of this request, or the operator whom its session names.
    pub fn act<'b>(&'b self, actor: &'b Actor) -> Act<'b> {
        Act::of(&self.app.core, self.realm(), actor)
    }

    pub fn visitor(&self) -> Browser {
        let agent = self
            .request
            .headers()
            .get(header::USER_AGENT)
            .and_then(|agent| agent.to_str().ok());
        Browser {
            description: describe_device(agent),
            known_by: self.device().map(|token| token.hashed()),
        }
    }

    /// Providers that this lab's patients may use now.
    pub fn providers(&self) -> Vec<ProviderButton<'a>> {
        let lab = &self.face.lab;
        let accepted = lab.providers.iter().filter(|provider| {
            let now = self.app.core.now();
            !self.door.is_desk && !is_over(provider.until, &lab.time_zone, now)
        });
        let button = |provider: &'a Provider| ProviderButton {
            handle: provider.id.as_str(),
            name: &provider.name,
        };
        accepted.map(button).collect()
    }

    /// The token of a trusted device, made by us; only the database knows of which account.
    pub fn device(&self) -> Option<PlainToken> {
        let cookie = self.request.cookie(cookies::device(self.door))?;
        untagged(&self.app.core.keyring, TokenKind::Device, cookie.value())
    }

    /// The token of what this browser has begun, made by us; only the database knows whether it is alive.
    pub fn begun(&self, kind: TokenKind) -> Option<PlainToken> {
        let cookie = self.request.cookie(cookies::pending(self.door))?;
        untagged(&self.app.core.keyring, kind, cookie.value())
    }

    /// Whether a form with a code has a field for the next one: during a siege, in browsers that may be no trusted
    /// device. `typed_two`: it had one before.
    pub fn asks_two_codes(&self, typed_two: bool) -> bool {
        self.app.core.is_besieged(self.realm()) && (typed_two || self.device().is_none())
    }

    /// Signed in: the browser gets its session and is a trusted device from now on.
    pub fn let_in(&self, response: &mut HttpResponse, opened: &OpenedSession) {
        let device = tagged(&self.app.core.keyring, &opened.device);
        let lasts = self.app.core.config.session.trusted_device_lasts();
        add_cookie(
            response,
            cookies::set(cookies::session(self.door), opened.token.expose()),
        );
        add_cookie(response, cookies::keep(cookies::device(self.door), &device, lasts));
        add_cookie(response, cookies::clear(cookies::pending(self.door)));
    }

    /// To the page of something that is under way, under this token.
    pub fn go_on_with(&self, token: &PlainToken, page: &str) -> HttpResponse {
        let mut response = answer::see_other(page);
        let begun = tagged(&self.app.core.keyring, token);
        add_cookie(&mut response, cookies::set(cookies::pending(self.door), &begun));
        response
    }

    pub fn language(&self) -> Language {
        *self.language.get_or_init(|| language(self.request))
    }

    /// A client knows the language of its page; a language chosen here is kept.
    pub fn prefer(&self, ui_locales: &str) {
        let has_chosen = self.request.cookie(cookies::LANGUAGE).is_some() || chosen_language(self.request).is_some();
        if let Some(language) = wished(ui_locales).filter(|_| !has_chosen) {
            // Where a page was written already, its language stays.
            self.language.get_or_init(|| language);
        }
    }

    pub fn browser(&self) -> &PlainToken {
        &self.browser
    }

    pub fn chrome(&self) -> Chrome<'_> {
        let csrf = || csrf::csrf_token(&self.app.core.keyring, &self.browser.hashed());
        let path = || match self.request.uri().path_and_query() {
            // Its addresses belong to the LIS, and may hold a record's number.
            _ if self.is_site => String::new(),
            Some(path) => path.to_string(),
            None => "/".to_owned(),
        };
        let portal = || match self.is_site {
            true => self.face.lab.portal_origin(),
            false => String::new(),
        };
        Chrome {
            texts: &self.app.texts,
            door: self.door,
            language: self.language(),
            zone: &self.face.zone,
            lab: &self.face.lab.name,
            phone: self.face.lab.phone.as_deref(),
            csrf: self.csrf.get_or_init(csrf),
            path: self.path.get_or_init(path),
            portal: self.portal.get_or_init(portal),
            assets: if self.is_site { "/.vestibule/static" } else { "/static" },
            signed_in: self.signed_in,
        }
    }

    /// For a page whose form was posted: the language links lead to where it can be requested again.
    pub fn shown_at(&mut self, path: &str) {
        self.path = OnceCell::from(path.to_owned());
    }

    /// A form of the page leads to this origin in the end, as browsers count it.
    pub fn leads_to(&mut self, origin: &str) {
        self.form_targets.push(origin.to_owned());
    }

    /// # Errors
    /// The page cannot be written.
    pub fn page(&self, status: StatusCode, page: &impl Template) -> Result<HttpResponse, Failure> {
        let sites = self.face.sites.iter().map(|site| site.origin.as_str());
        let targets: Vec<&str> = sites.chain(self.form_targets.iter().map(String::as_str)).collect();
        let mut response = answer::html(status, page.render()?, &targets);
        self.bind_browser(&mut response);
        Ok(response)
    }

    /// Sends the browser's own cookie and its choice of language along.
    pub fn bind_browser(&self, response: &mut HttpResponse) {
        if self.is_new_browser {
            add_cookie(response, cookies::set(cookies::BROWSER, self.browser.expose()));
        }
        if chosen_language(self.request).is_some() {
            add_cookie(response, cookies::set(cookies::LANGUAGE, self.language().code()));
        }
    }

    /// Answers a page of ours or the page that says why not.
    pub async fn run(self, work: impl AsyncFnOnce(&mut Context<'_>) -> Result<HttpResponse, Failure>) -> HttpResponse {
        let mut context = self;
        match work(&mut context).await {
            Ok(response) => response,
            Err(failure) => context.failed(failure),
        }
    }

    pub fn failed(&self, failure: Failure) -> HttpResponse {
        match failure {
            Failure::NotFound => self.error(ErrorKind::NotFound),
            Failure::MethodNotAllowed => self.error(ErrorKind::MethodNotAllowed),
            Failure::RoleNeeded => self.error(ErrorKind::RoleNeeded),
            Failure::BadRequest => self.error(ErrorKind::BadLink),
            Failure::TooFast(wait) => self.error(ErrorKind::TooMany {
                seconds: whole_seconds(wait),
            }),
            Failure::Busy(wait) => self.error(ErrorKind::Busy {
                seconds: whole_seconds(wait),
            }),
            Failure::Fault(fault) => self.fault(&fault),
            Failure::Page(error) => self.fault(&error),
        }
    }

    fn fault(&self, fault: &dyn std::error::Error) -> HttpResponse {
        let reference = self.report(fault);
        self.error(ErrorKind::Fault { reference: &reference })
    }

    /// One line in the log, under the reference that is returned.
    pub fn report(&self, fault: &dyn std::error::Error) -> String {
        let reference = CorrelationId::generate(&*self.app.core.entropy).to_string();
        // A site's paths name records, which are no business of a log.
        let path = if self.is_site { "" } else { self.request.path() };
        tracing::error!(%reference, fault = %fault, lab = %self.lab(), path, "request failed");
        reference
    }

    pub fn error(&self, kind: ErrorKind<'_>) -> HttpResponse {
        let status = StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let results = self.is_site.then_some("/");
        let retry = match kind {
            ErrorKind::TooMany { seconds } | ErrorKind::Busy { seconds } => Some(seconds),
            _ => None,
        };
        let page = ErrorPage {
            chrome: self.chrome(),
            kind,
            results,
        };
        let mut response = self
            .page(status, &page)
            .unwrap_or_else(|_| HttpResponse::InternalServerError().finish());
        if let Some(seconds) = retry {
            answer::retry_after(&mut response, seconds);
        }
        response
    }
}

/// Answers a route of the portal: builds the context, does `work` in it, and makes a page of whatever failed.
pub async fn with_portal(
    app: &App,
    request: &HttpRequest,
    work: impl AsyncFnOnce(&mut Context<'_>) -> Result<HttpResponse, Failure>,
) -> HttpResponse {
    let face = match app.faces.of_request(request.head()) {
        Some(Face::Portal(lab) | Face::Mutual(lab)) => app.faces.lab(lab),
        _ => None,
    };
    let response = match face {
        Some(face) => Context::on_portal(app, request, face).run(work).await,
        None => HttpResponse::MisdirectedRequest().finish(),
    };
    if request.method() == Method::POST {
        // Of what was typed.
        wipe::soon();
    }
    response
}

pub fn add_cookie(response: &mut HttpResponse, cookie: actix_web::cookie::Cookie<'_>) {
    // Fails only for a name or value that is no cookie, which ours are.
    if response.add_cookie(&cookie).is_err() {
        tracing::error!(name = cookie.name(), "a cookie could not be set");
    }
}

fn chosen_language(request: &HttpRequest) -> Option<String> {
    let pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
    pairs
        .into_iter()
        .find(|(name, _)| name == "lang")
        .map(|(_, value)| value.into_owned())
}

fn language(request: &HttpRequest) -> Language {
    let accept = request
        .headers()
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let cookie = request.cookie(cookies::LANGUAGE);
    let chosen = chosen_language(request);
    negotiate(accept, cookie.as_ref().map(|cookie| cookie.value()), chosen.as_deref())
}
