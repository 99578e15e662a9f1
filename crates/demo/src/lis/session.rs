//! The LIS's own session: a counter of pages behind a cookie, with the habits of its age.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::HttpRequest;
use data_encoding::HEXLOWER;
use moka::sync::Cache;

use kernel::entropy::{SharedEntropy, random};

pub const COOKIE: &str = "LISSESSID";

#[derive(Debug)]
pub struct Sessions {
    pages: Cache<String, Arc<AtomicU32>>,
    entropy: SharedEntropy,
}

/// What one request knows of its session.
#[derive(Debug)]
pub struct Visit {
    pub id: String,
    /// Pages seen, this one included.
    pub pages: u32,
    pub new: bool,
}

impl Sessions {
    pub fn new(entropy: SharedEntropy) -> Self {
        Self {
            pages: Cache::new(10_000),
            entropy,
        }
    }

    pub fn visit(&self, request: &HttpRequest) -> Visit {
        let known = request.cookie(COOKIE).and_then(|cookie| {
            let pages = self.pages.get(cookie.value())?;
            Some((cookie.value().to_owned(), pages))
        });
        let new = known.is_none();
        let (id, pages) = known.unwrap_or_else(|| {
            let id = HEXLOWER.encode(&random::<13>(self.entropy.as_ref()));
            let pages = Arc::new(AtomicU32::new(0));
            self.pages.insert(id.clone(), Arc::clone(&pages));
            (id, pages)
        });
        let pages = pages.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        Visit { id, pages, new }
    }
}

impl Visit {
    /// The cookies of a first answer: a domain that no browser outside the laboratory is in, no `Secure`, no `HttpOnly`,
    /// and a second one limited to a path, with a date in the Netscape form.
    pub fn set_cookies(&self) -> Vec<String> {
        if !self.new {
            return Vec::new();
        }
        vec![
            format!("{COOKIE}={}; path=/; domain=.lis.labo.local", self.id),
            "LISVUE=tableau; path=/dossiers/; expires=Thu, 31-Dec-2037 23:55:55 GMT".to_owned(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use actix_web::cookie::Cookie;
    use actix_web::test::TestRequest;

    use super::*;
    use kernel::entropy::SystemEntropy;

    #[test]
    fn a_session_counts_its_pages_and_a_made_up_one_is_replaced() {
        let sessions = Sessions::new(Arc::new(SystemEntropy));
        let with = |id: &str| {
            TestRequest::get()
                .cookie(Cookie::new(COOKIE, id.to_owned()))
                .to_http_request()
        };

        let first = sessions.visit(&TestRequest::get().to_http_request());
        assert!(first.new && first.pages == 1 && first.set_cookies().len() == 2);
        let second = sessions.visit(&with(&first.id));
        assert!(!second.new && second.pages == 2 && second.set_cookies().is_empty());
        assert_ne!(sessions.visit(&with("chosen-by-a-stranger")).id, "chosen-by-a-stranger");
    }
}
