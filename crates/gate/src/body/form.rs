//! `application/x-www-form-urlencoded`.

use url::form_urlencoded;

use super::comparison::Comparison;
use crate::decision::Refusal;
use crate::request::Ambiguity;

/// Browsers encode `;`, which some servers read as `&`.
pub(super) fn compare(comparison: Comparison<'_>, body: &[u8]) -> Result<(), Refusal> {
    if body.iter().any(|byte| *byte == b';' || *byte < b' ') {
        return Err(Ambiguity::UnreadableBody.into());
    }
    form_urlencoded::parse(body).try_for_each(|(name, value)| comparison.field(&name, &value))
}
