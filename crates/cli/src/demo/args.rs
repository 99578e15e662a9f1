//! What `vestibule demo …` is told.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use leak::dump::generate::{Layout, Packing, TextEncoding};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Demo {
    /// Where the demo keeps its files; a second start uses them again
    #[arg(long, value_name = "DIR", default_value = "vestibule-demo")]
    pub dir: PathBuf,
    /// Port on localhost
    #[arg(long, default_value_t = 8443)]
    pub port: u16,
    #[command(subcommand)]
    pub command: Option<DemoCommand>,
}

#[derive(Debug, Subcommand)]
pub enum DemoCommand {
    /// Write a list of made-up identifiers and passwords, shaped like those that circulate
    Dump(Dump),
}

#[derive(Debug, Args)]
pub struct Dump {
    #[arg(long, default_value_t = 491_840)]
    pub rows: u64,
    /// Columns of a table
    #[arg(long, default_value_t = 60)]
    pub fields: usize,
    /// The same seed makes the same file
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// csv, tsv, semicolon, jsonl or pairs
    #[arg(long, default_value = "semicolon")]
    pub format: Layout,
    /// utf-8, windows-1252, utf-16le or utf-16be
    #[arg(long, default_value = "utf-8")]
    pub encoding: TextEncoding,
    /// none, gz or zst
    #[arg(long, default_value = "none")]
    pub compress: Packing,
    /// Percentage of rows that name accounts: P-000001, P-000002…
    #[arg(long, value_name = "PERCENT", default_value_t = 60)]
    pub match_percent: u8,
    /// Files whose lines are the accounts instead: IDENTIFIER or IDENTIFIER,PASSWORD
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub match_accounts: Vec<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}
