//! Other people's programs as relying parties, over TLS, in the way their own handbooks say: what they cannot use is a
//! fault of the provider, whatever the specifications say. `tests/oidc_clients` has the programs.

mod apache;
mod authlib;
mod flow;
mod openid_client;
mod openidconnect;
mod program;
mod stand;
mod walk;
