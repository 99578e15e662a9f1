//! How the edge answers an attempt that was not let through: one way for every door.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use crate::kit::answer::retry_after;
use crate::kit::failure::{Failure, whole_seconds};

/// What a page says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rebuff {
    Refused,
    /// The lab is under siege: one code is not enough from this browser.
    TwoCodes,
    /// Too many tries.
    Wait {
        seconds: u64,
    },
    /// The server has too much to do.
    Busy {
        seconds: u64,
    },
}

impl Rebuff {
    pub fn wait(wait: Duration) -> Self {
        Self::Wait {
            seconds: whole_seconds(wait),
        }
    }

    pub fn busy(wait: Duration) -> Self {
        Self::Busy {
            seconds: whole_seconds(wait),
        }
    }

    /// `page`: with the status and the message.
    ///
    /// # Errors
    /// Those of the page.
    pub fn answer<E: From<Self>>(
        self,
        page: impl FnOnce(StatusCode, E) -> Result<HttpResponse, Failure>,
    ) -> Result<HttpResponse, Failure> {
        let (status, seconds) = match self {
            Self::Refused | Self::TwoCodes => (StatusCode::UNAUTHORIZED, None),
            Self::Wait { seconds } => (StatusCode::TOO_MANY_REQUESTS, Some(seconds)),
            Self::Busy { seconds } => (StatusCode::SERVICE_UNAVAILABLE, Some(seconds)),
        };
        let mut response = page(status, E::from(self))?;
        if let Some(seconds) = seconds {
            retry_after(&mut response, seconds);
        }
        Ok(response)
    }
}
