//! `Debug` for what must not be shown.

/// Implements `Debug` by the name alone, as `Seed(..)`: for secrets, and for what says who a person is.
#[macro_export]
macro_rules! opaque {
    ($($name:ident),+ $(,)?) => {$(
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )+};
}
