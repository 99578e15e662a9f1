//! A form that uses something up: a double click is one click. Of two sendings of the same form by the same browser within
//! ten seconds only the first is worked on, to its end even if the browser has hung up, and both get its answer.

use actix_web::body::{BoxBody, MessageBody as _};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::kit::admission::{Admitted, COME_BACK};
use crate::kit::context::with_portal;
use crate::kit::{App, Context, Failure, Fields, Posted};
use auth::second_click::{self, FirstClick, Turn};
use crypto::csrf;

/// Such a form. Made by [`once`] alone, which keeps what is answered.
#[derive(Debug)]
pub struct Once<T>(Posted<T>);

pub enum Opened<T: Fields> {
    Fields(T),
    /// It was too old, or came from elsewhere: what the page shows again.
    Stale(T::Again),
    /// What the first click was answered.
    Answered(HttpResponse),
}

/// What was typed, and an answer that may carry a session, are nobody's to read.
impl<T: Fields> std::fmt::Debug for Opened<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opened(..)")
    }
}

impl<T: Fields> Once<T> {
    /// As [`Posted::again`].
    pub fn again(&self) -> T::Again {
        self.0.again()
    }

    /// As [`Posted::open`]. Comes before anything that the first click may have changed.
    ///
    /// # Errors
    /// The first click takes too long, or it is not known what came of it.
    pub async fn open(self, context: &Context<'_>, admitted: Admitted) -> Result<Opened<T>, Failure> {
        let (browser, path) = (context.browser().hashed(), context.request.path());
        let index = csrf::form_index(&context.app.core.keyring, &browser, path, &self.0.digest);
        let fields = match self.0.open(context, admitted) {
            Ok(fields) => fields,
            Err(stale) => return Ok(Opened::Stale(stale.0)),
        };
        Ok(match first_answer(context, index).await? {
            Some(answer) => Opened::Answered(answer),
            None => Opened::Fields(fields),
        })
    }
}

/// None: it is the first click, or the one before used nothing up.
async fn first_answer(context: &Context<'_>, index: [u8; 32]) -> Result<Option<HttpResponse>, Failure> {
    let (core, realm) = (&context.app.core, context.realm());
    loop {
        match second_click::take_turn(core, realm, index).await? {
            Turn::First(sending) => {
                context.sending.set(Some(sending));
                return Ok(None);
            }
            Turn::Answered(kept) => return Ok(KeptAnswer::revive(&kept)),
            Turn::Second => {}
        }
        let class = context.give_way();
        match second_click::awaited(core, realm, &index).await? {
            FirstClick::Answered(kept) => return Ok(KeptAnswer::revive(&kept)),
            FirstClick::Unknown => return Err(Failure::Busy(COME_BACK)),
            FirstClick::Forgotten => {}
        }
        if let Some(class) = class {
            context.take_place(class)?;
        }
    }
}

/// As [`with_portal`], for a form that uses something up.
pub async fn once<T: Fields + 'static>(
    app: Data<App>,
    request: HttpRequest,
    posted: Posted<T>,
    work: impl AsyncFnOnce(&mut Context<'_>, Once<T>) -> Result<HttpResponse, Failure> + 'static,
) -> HttpResponse {
    let answering = actix_web::rt::spawn(async move {
        with_portal(&app, &request, async move |context| {
            let answer = work(context, Once(posted)).await;
            let answer = answer.unwrap_or_else(|failure| context.failed(failure));
            Ok(keep(context, answer).await)
        })
        .await
    });
    answering
        .await
        .unwrap_or_else(|_| HttpResponse::InternalServerError().finish())
}

/// What was refused used nothing up, and is not kept.
async fn keep(context: &Context<'_>, answer: HttpResponse) -> HttpResponse {
    let Some(sending) = context.sending.take() else {
        return answer;
    };
    let (head, body) = answer.into_parts();
    let body = body.try_into_bytes().unwrap_or_default();
    let kept = KeptAnswer::of(&head, &body);
    let kept = kept.as_ref().map(|kept| kept.as_slice());
    if let Err(fault) = second_click::settle(&context.app.core, sending, kept).await {
        context.report(&fault);
    }
    head.set_body(BoxBody::new(body))
}

/// An answer as it is kept, sealed.
#[derive(Deserialize, Serialize)]
struct KeptAnswer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl KeptAnswer {
    fn of(head: &HttpResponse<()>, body: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        if head.status().is_client_error() || head.status().is_server_error() {
            return None;
        }
        let header =
            |(name, value): (&HeaderName, &HeaderValue)| Some((name.to_string(), value.to_str().ok()?.to_owned()));
        let kept = Self {
            status: head.status().as_u16(),
            headers: head.headers().iter().filter_map(header).collect(),
            body: String::from_utf8(body.to_vec()).ok()?,
        };
        serde_json::to_vec(&kept).ok().map(Zeroizing::new)
    }

    /// None: another version kept it in another form.
    fn revive(kept: &[u8]) -> Option<HttpResponse> {
        let kept: Self = serde_json::from_slice(kept).ok()?;
        let mut answer = HttpResponse::build(StatusCode::from_u16(kept.status).ok()?);
        for header in kept.headers {
            answer.append_header(header);
        }
        Some(answer.body(kept.body))
    }
}
