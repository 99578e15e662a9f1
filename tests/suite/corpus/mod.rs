//! The breached-password file: commands, kills, and what it does to a new password and to a sign-in.

mod commands;
mod kills;
mod screening;
