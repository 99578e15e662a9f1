//! Envoy asks with the browser's own method and `Host`, and with its path behind `path_prefix`.

use super::{Carrier, Question, Unclear, method, only};

const SCHEME: &str = "x-forwarded-proto";
const HOST: &str = "host";

pub(super) fn read(carrier: Carrier<'_>) -> Result<Question, Unclear> {
    if only(carrier.headers, SCHEME)? != "https" {
        return Err(Unclear::Scheme);
    }
    let method = method(carrier.method.as_str(), "method")?;
    Question::new(method, only(carrier.headers, HOST)?, carrier.target, "path")
}
