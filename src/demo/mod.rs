//! What `vestibule demo` needs beside the server: a self-made certificate and a sample LIS of the kind that labs run.

pub mod certificate;
pub mod lis;
