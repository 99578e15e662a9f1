//! What people see and what programs call over HTTP: the kit, the pages, and a folder for each face.

pub mod api;
pub mod desk;
pub mod entrance;
pub mod idp;
pub mod internal;
pub mod kit;
pub mod pages;
pub mod portal;
pub mod proxy;
