//! What a newer version may have stored.

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stored state is not one this version knows")]
pub struct UnknownState;
