//! Vestibule: the locked entrance hall in front of a medical laboratory's result pages.
//!
//! Each room is a crate under `crates/` and imports only from the floors below it: the manifests say so, and the compiler
//! holds it. `docs/architecture.md` has the table.

pub use {
    admin, auth, cli, config, corpus, crypto, domain, gate, i18n, kernel, leak, machinery, oidc, server, service,
    store, web,
};

#[cfg(feature = "demo")]
pub use demo;
