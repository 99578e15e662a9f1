//! A posted form. Its fields stay out of reach until it is known that we made the form, for this browser, and that the
//! request was let in: there is no other way to them, so no handler can forget to ask.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Form;
use actix_web::{FromRequest, HttpRequest};
use futures_util::TryStreamExt;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::kit::admission::Admitted;
use crate::kit::context::Context;
use crypto::csrf;

/// What one of our forms sends in addition to its token.
pub trait Fields: DeserializeOwned {
    /// What the page shows again of a form that was too old, and nothing is done with: never a password or a code of the
    /// authenticator. A lab code is shown again, since the person has it on paper in front of them.
    type Again;

    fn again(&self) -> Self::Again;
}

/// For forms of which the page shows nothing again.
macro_rules! shows_nothing_again {
    ($($form:ty),+) => {
        $(impl $crate::kit::Fields for $form {
            type Again = ();

            fn again(&self) {}
        })+
    };
}
pub(crate) use shows_nothing_again;

#[derive(Debug, Deserialize)]
struct FormBody<T> {
    #[serde(default)]
    csrf: SecretString,
    #[serde(flatten)]
    fields: T,
}

#[derive(Debug)]
pub struct Posted<T> {
    form: FormBody<T>,
    /// SHA-256 of it, as it was sent.
    pub(super) digest: [u8; 32],
}

impl<T: Fields> Posted<T> {
    /// For a page that has to be shown before it is known whose form it is.
    pub fn again(&self) -> T::Again {
        self.form.fields.again()
    }

    /// The fields, of a form that we made for this browser and that one of our pages sent.
    ///
    /// # Errors
    /// It is too old, or came from elsewhere.
    pub fn open(self, context: &Context<'_>, _: Admitted) -> Result<T, Stale<T::Again>> {
        match is_ours(context, &self.form.csrf) {
            true => Ok(self.form.fields),
            false => Err(Stale(self.form.fields.again())),
        }
    }
}

/// A form that was too old, or came from elsewhere: what the page shows again.
#[derive(Debug)]
pub struct Stale<A>(pub A);

impl<T: DeserializeOwned + 'static> FromRequest for Posted<T> {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let digest = Rc::new(RefCell::new(Sha256::new()));
        let passing = Rc::clone(&digest);
        let watched = payload
            .take()
            .inspect_ok(move |piece| passing.borrow_mut().update(piece));
        let mut payload: Payload = Payload::Stream {
            payload: Box::pin(watched),
        };
        let form = Form::<FormBody<T>>::from_request(request, &mut payload);
        Box::pin(async move {
            let form = form.await?.into_inner();
            let digest = digest.take().finalize().into();
            Ok(Self { form, digest })
        })
    }
}

/// Whether we made the form for this browser, and a page of the portal sent it.
pub(super) fn is_ours(context: &Context<'_>, token: &SecretString) -> bool {
    let headers = context.request.headers();
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let origin = context.face.lab.portal_origin();
    let same_origin = text(header::ORIGIN).is_none_or(|sent| sent == origin);
    let same_site = text(header::HeaderName::from_static("sec-fetch-site"))
        .is_none_or(|from| matches!(from, "same-origin" | "none"));
    let (keyring, browser) = (&context.app.core.keyring, context.browser().hashed());
    same_origin && same_site && csrf::csrf_matches(keyring, &browser, token.expose_secret())
}

/// A form that is only a button.
#[derive(Debug, Deserialize)]
pub struct Button {}

shows_nothing_again!(Button);
