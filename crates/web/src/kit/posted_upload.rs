//! A posted form with a file. As with [`super::posted::Posted`], its fields and the file stay out of reach until the form is
//! known to be ours; the text fields come first, as the form has them.

use std::future::Future;
use std::pin::Pin;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use bytes::Bytes;
use futures_util::TryStreamExt;
use secrecy::SecretString;

use crate::kit::admission::Admitted;
use crate::kit::context::Context;
use crate::kit::posted::is_ours;

/// Of a field that is not the file.
const LONGEST_FIELD: usize = 2_000;

/// The text fields of such a form.
pub trait Texts: Clone + Default {
    /// None: the form has no such field.
    fn field(&mut self, name: &str) -> Option<&mut String>;
}

pub struct PostedUpload(Multipart);

kernel::opaque!(PostedUpload);

/// The file of a form. Its parts have to live as long as it is read.
pub struct PostedFile {
    field: Field,
    _parts: Multipart,
}

impl PostedFile {
    /// As the browser calls it.
    pub fn name(&self) -> &str {
        let about = self.field.content_disposition();
        about.and_then(|about| about.get_filename()).unwrap_or_default()
    }

    /// None at its end.
    ///
    /// # Errors
    /// The browser was cut off.
    pub async fn next(&mut self) -> Result<Option<Bytes>, MultipartError> {
        self.field.try_next().await
    }
}

kernel::opaque!(PostedFile);

/// Why a form with a file was not taken, and what the page shows again.
#[derive(Debug)]
pub enum NotTaken<T> {
    /// It cannot be read.
    Broken(T),
    /// It is too old, or came from elsewhere.
    Stale(T),
}

impl PostedUpload {
    /// The text fields and the file, which is not read yet.
    ///
    /// # Errors
    /// The form is not ours, or cannot be read.
    pub async fn open<T: Texts>(
        mut self,
        context: &Context<'_>,
        _: Admitted,
        file: &str,
    ) -> Result<(T, PostedFile), NotTaken<T>> {
        let (mut texts, mut token) = (T::default(), String::new());
        let field = loop {
            match self.0.try_next().await {
                Ok(Some(part)) if part.name() == Some(file) => break part,
                Ok(Some(mut part)) => {
                    if read(&mut part, &mut texts, &mut token).await.is_none() {
                        return Err(NotTaken::Broken(texts));
                    }
                }
                Ok(None) | Err(_) => return Err(NotTaken::Broken(texts)),
            }
        };
        match is_ours(context, &SecretString::from(token)) {
            true => {
                let _parts = self.0;
                Ok((texts, PostedFile { field, _parts }))
            }
            false => Err(NotTaken::Stale(texts)),
        }
    }
}

async fn read<T: Texts>(part: &mut Field, texts: &mut T, token: &mut String) -> Option<()> {
    let name = part.name()?.to_owned();
    let bytes = part.bytes(LONGEST_FIELD).await.ok()?.ok()?;
    let text = String::from_utf8(bytes.to_vec()).ok()?;
    let field = match name.as_str() {
        "csrf" => token,
        name => texts.field(name)?,
    };
    *field = text.trim().to_owned();
    Some(())
}

impl FromRequest for PostedUpload {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let parts = Multipart::from_request(request, payload);
        Box::pin(async move { Ok(Self(parts.await?)) })
    }
}
