//! What a request shows in addition to its token or credentials: a DPoP proof (RFC 9449), or a certificate (RFC 8705).

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderName, HeaderValue};

use crate::kit::Context;
use crypto::client_certificate::ClientCertificate;
use domain::authorization::{Binding, OauthError};
use domain::client::Policy;
use oidc::Refusal;
use oidc::dpop::{self, Call, Nonce};
use oidc::issuer::lab_issuer;
use oidc::profile::Profile;
use oidc::refusal::ProtocolProblem;

const PROOF: HeaderName = HeaderName::from_static("dpop");
const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// The key that the request shows, or else the certificate of its connection, if there is one.
///
/// # Errors
/// The proof is not right for this request, or was used before; or the database does not answer.
pub async fn shown(
    context: &Context<'_>,
    policy: &Policy,
    access_token: Option<&str>,
    nonce: Nonce,
) -> Result<Option<Binding>, ProtocolProblem> {
    let mut proofs = context.request.headers().get_all(PROOF);
    let Some(proof) = proofs.next() else {
        return Ok(certificate(context).map(binding));
    };
    let unreadable = Refusal::new(OauthError::InvalidDpopProof, "one DPoP header, with one proof");
    let proof = proof.to_str().map_err(|_| unreadable.clone())?;
    if proofs.next().is_some() {
        return Err(unreadable.into());
    }
    let (core, lab) = (&context.app.core, context.lab());
    let call = Call {
        method: context.request.method().as_str(),
        url: &endpoint(context)?,
        access_token,
        algorithms: Profile::of(policy).algorithms(),
        nonce,
    };
    Ok(Some(Binding::Key(dpop::prove(core, lab, proof, &call).await?)))
}

/// What the client showed when the connection was made, verified by then.
pub fn certificate<'a>(context: &Context<'a>) -> Option<&'a ClientCertificate> {
    context.request.conn_data()
}

pub fn binding(certificate: &ClientCertificate) -> Binding {
    Binding::Certificate(certificate.thumbprint().to_owned())
}

/// The address that was called, as clients know it.
///
/// # Errors
/// The lab is not in the configuration.
pub fn endpoint(context: &Context<'_>) -> Result<String, ProtocolProblem> {
    let core = &context.app.core;
    let origin = match (certificate(context), core.config.server.mtls_port()) {
        (Some(_), Some(port)) => context.face.lab.origin_at(port),
        _ => lab_issuer(core, context.lab())?,
    };
    Ok(format!("{origin}{}", context.request.path()))
}

/// A client that sends proofs is told what to put into the next one.
pub fn tell_nonce(context: &Context<'_>, response: &mut HttpResponse) {
    if !context.request.headers().contains_key(PROOF) {
        return;
    }
    let nonce = dpop::nonce(&context.app.core, context.lab());
    if let Ok(nonce) = HeaderValue::from_str(&nonce) {
        response.headers_mut().insert(NONCE, nonce);
    }
}
