//! Authorization requests: what each parameter does, and what becomes of a request until it is answered.

mod errors;
mod form_post;
mod hints;
mod holds;
mod parameters;
mod prompts;
mod pushed;
