//! The file of breached passwords: built, described, checked. None of it needs an installation.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::Problem;
use corpus::build::{self, BuildProblem, Order, Progress};
use corpus::{Corpus, CorpusProblem, Header, Prevalence};

/// What a file is and what it was made of.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    pub format: u32,
    pub algorithm: &'static str,
    pub passwords: u64,
    pub min_count: u64,
    pub date: String,
    pub source: String,
    pub shards: u64,
    pub bytes: u64,
    pub bits_per_password: f64,
}

#[derive(Clone, Debug, Serialize)]
pub struct BuildReport {
    #[serde(flatten)]
    pub summary: Summary,
    /// Lines too long for a password.
    pub lines_skipped: u64,
    /// Shards that an earlier run, which was killed, had finished.
    pub shards_resumed: u64,
}

/// # Errors
/// An input or the target cannot be used; the target is as it was.
pub fn build(order: &Order, notify: &mut dyn FnMut(Progress)) -> Result<BuildReport, Problem> {
    let built =
        build::build(order, notify).map_err(|BuildProblem { place, what, remedy }| Problem { place, what, remedy })?;
    Ok(BuildReport {
        summary: summary(&built.header),
        lines_skipped: built.lines_skipped,
        shards_resumed: built.resumed,
    })
}

/// From its head alone.
///
/// # Errors
/// It cannot be used.
pub fn info(file: &Path) -> Result<Summary, Problem> {
    let corpus = Corpus::open(file).map_err(|problem| explain(&problem))?;
    Ok(summary(corpus.header()))
}

/// Reads every byte.
///
/// # Errors
/// It cannot be used, or is damaged anywhere.
pub fn check(file: &Path, notify: &mut dyn FnMut(u64, u64)) -> Result<Summary, Problem> {
    let corpus = Corpus::open(file).map_err(|problem| explain(&problem))?;
    corpus.check(notify).map_err(|problem| explain(&problem))?;
    Ok(summary(corpus.header()))
}

/// Whether a password is in the file, and if so how often it was seen, in words.
///
/// # Errors
/// The file cannot be used.
pub fn probe(file: &Path, password: &SecretString) -> Result<Option<&'static str>, Problem> {
    let corpus = Corpus::open(file).map_err(|problem| explain(&problem))?;
    let seen = corpus.lookup_password(password.expose_secret());
    Ok(seen.map(|seen| match seen {
        Prevalence::Few => "fewer than 10",
        Prevalence::Tens => "10 to 99",
        Prevalence::Hundreds => "100 to 9,999",
        Prevalence::Legion => "10,000 or more",
    }))
}

fn explain(problem: &CorpusProblem) -> Problem {
    let place = problem.path.display().to_string();
    Problem::new(place, problem.wrong.to_string(), problem.remedy())
}

fn summary(header: &Header) -> Summary {
    Summary {
        format: corpus::FORMAT,
        algorithm: header.algorithm.as_str(),
        passwords: header.keys,
        min_count: header.min_count,
        date: header.date.to_string(),
        source: header.source.clone(),
        shards: header.shards(),
        bytes: header.file_bytes,
        bits_per_password: header.bits_per_key(),
    }
}
