//! Why the LIS gave no answer.

#[derive(Debug, thiserror::Error)]
pub enum UpstreamFault {
    #[error("{0}")]
    Unreachable(String),
    #[error("no answer in time")]
    Slow,
    #[error("the request's body did not arrive")]
    BodyIncomplete,
}

impl UpstreamFault {
    pub fn unreachable(source: &dyn std::error::Error) -> Self {
        let mut text = source.to_string();
        let mut next = source.source();
        while let Some(cause) = next {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            next = cause.source();
        }
        Self::Unreachable(text)
    }
}
