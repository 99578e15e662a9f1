//! What `vestibule leak …` is told.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::values;
use domain::leak::LeakId;
use i18n::Language;
use kernel::clock::Timestamp;
use kernel::ids::LabId;

#[derive(Debug, Subcommand)]
pub enum Leak {
    /// Read a list and say what would happen; with --apply, make it happen
    Import(Import),
    /// Approve, as a second operator, that a leak takes effect
    Approve { id: LeakId },
    /// Find out which passwords of the list still open an account
    Verify(Verify),
    /// Show the state of a leak; without a number, list all leaks
    Status { id: Option<LeakId> },
    /// The 72 hours, the figures, the timeline and the drafts for the authority
    Report(ReportOptions),
    /// Write the letters for those whom mail does not reach
    Letters(Letters),
    /// Undo a leak imported by mistake: no one has to do anything because of it any more
    Undo { id: LeakId },
    /// Close a leak when nothing more is left to do
    Close { id: LeakId },
}

#[derive(Debug, Args)]
pub struct Import {
    /// CSV, TSV, semicolons, JSON lines or identifier:password; UTF-8, Windows-1252 or UTF-16; gz or zst
    pub file: PathBuf,
    #[arg(long)]
    pub lab: LabId,
    /// Where the list was found, in your words
    #[arg(long)]
    pub source: String,
    /// When the lab learnt of it, as 2026-11-23T09:30:00Z: the 72 hours start then [default: now]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub aware: Option<Timestamp>,
    /// Where the columns are, by number from 1 or by header: identifier=3,password=7 [default: recognised]
    #[arg(long, value_name = "FIELD=COLUMN,…")]
    pub map: Option<String>,
    /// Only show what would happen (default)
    #[arg(long, conflicts_with = "apply")]
    pub dry_run: bool,
    /// End sessions and require new passwords of everyone on the list
    #[arg(long)]
    pub apply: bool,
    /// With --apply: this many of its identifiers are nobody's here, and that is right
    #[arg(long, value_name = "N", requires = "apply")]
    pub accept_unmatched: Option<u64>,
}

#[derive(Debug, Args)]
pub struct Verify {
    pub id: LeakId,
    /// The same file that was imported: no copy of it was kept
    pub file: PathBuf,
    /// How many cores it may use; patients' sign-ins go first
    #[arg(long, default_value_t = 0.25, value_parser = cores)]
    pub cores: f32,
}

#[derive(Debug, Args)]
pub struct ReportOptions {
    pub id: LeakId,
    /// Language of the report: fr or en; with --out the draft is written in both
    #[arg(long, value_parser = values::language, default_value = "fr")]
    pub language: Language,
    /// Also write all documents of the incident into this folder, with the list of the people concerned
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Letters {
    pub id: LeakId,
    /// Where letters.csv and letters.html go, readable by their owner only
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Both: a page in French, then one in English
    #[arg(long, value_enum, default_value = "fr")]
    pub language: Languages,
    /// Also write to those whom mail has reached
    #[arg(long)]
    pub all: bool,
    /// Also write to those who already have a letter; the codes in their earlier letters end
    #[arg(long)]
    pub again: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Languages {
    Fr,
    En,
    Both,
}

impl Languages {
    pub const fn list(self) -> &'static [Language] {
        match self {
            Self::Fr => &[Language::Fr],
            Self::En => &[Language::En],
            Self::Both => &Language::ALL,
        }
    }
}

fn time(text: &str) -> Result<Timestamp, String> {
    let time: jiff::Timestamp = text
        .parse()
        .map_err(|_| "a moment in UTC expected: 2026-11-23T09:30:00Z".to_owned())?;
    Ok(Timestamp::from_micros(time.as_microsecond()))
}

fn cores(text: &str) -> Result<f32, String> {
    let cores: f32 = text.parse().map_err(|_| "a number expected, as 0.5".to_owned())?;
    if !(0.01..=256.0).contains(&cores) {
        return Err("0.01 to 256 expected".to_owned());
    }
    Ok(cores)
}
