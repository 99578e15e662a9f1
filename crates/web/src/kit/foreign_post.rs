//! Posts that are not our own forms: calls by programs, and forms on the pages of clients. The sender
//! proves what they must by what is in it (a secret, a signature, a token of ours), and no cookie of ours may count.

use actix_web::dev::Payload;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;

/// The body, as long as the face that takes it allows.
pub struct ForeignPost(Bytes);

impl ForeignPost {
    pub fn body(&self) -> &[u8] {
        &self.0
    }
}

kernel::opaque!(ForeignPost);

impl FromRequest for ForeignPost {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Bytes::from_request(request, payload);
        Box::pin(async move { Ok(Self(body.await?)) })
    }
}
