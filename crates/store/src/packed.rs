//! Many rows as one value that the statement takes apart: a fraction of the time of a placeholder for each of their columns.

/// A table `packed` with one row for each `$length` bytes of the bytes `$blob`, which are not empty; `at` is where it
/// begins, for `SUBSTR`.
macro_rules! packed {
    ($length:literal, $blob:literal, $statement:literal) => {
        concat!(
            "WITH RECURSIVE packed (at) AS (SELECT 1 UNION ALL SELECT at + ",
            $length,
            " FROM packed WHERE at + ",
            $length,
            " < LENGTH(",
            $blob,
            ")) ",
            $statement
        )
    };
}
pub(super) use packed;
