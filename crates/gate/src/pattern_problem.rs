//! What is wrong with a pattern.

/// Why a pattern cannot be used, ending in what to write instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant says in its message what it is")]
pub enum PatternProblem {
    #[error("start the pattern with '/'")]
    NoSlash,
    #[error("\"**\" matches everything that follows: it can only be the last segment")]
    RestNotLast,
    #[error(
        "a segment or value is a literal, \"*\", or one \"{{record}}\" with literals around it: encode other '*', '{{' and '}}' as %2A, %7B and %7D"
    )]
    Mixed,
    #[error(
        "no request can match it, because such URLs are refused as ambiguous: remove empty or dot segments, ';', '\\' and broken encoding"
    )]
    NeverMatches,
    #[error("write the query as name=value pairs, each name once")]
    Query,
}
