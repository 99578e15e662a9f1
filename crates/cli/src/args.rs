//! The command line: a noun, then a verb.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

use crate::client::Client;
#[cfg(feature = "demo")]
use crate::demo::Demo;
use crate::leak::Leak;
use crate::output;
use crate::values::{RoleOrNone, language, operator, record, role, role_or_none};
use admin::patients::{ColumnMap, LegacyColumns, Source};
use config::{DateOrder, Problems};
use corpus::Algorithm;
use crypto::legacy::Scheme;
use domain::operator::Role;
use domain::record::RecordNumber;
use i18n::Language;
use kernel::ids::{LabId, OperatorName, SiteId};

/// The locked entrance hall in front of a medical laboratory's result pages.
#[derive(Debug, Parser)]
#[command(name = "vestibule", version, disable_help_subcommand = true)]
pub struct Invocation {
    /// Configuration file [default: VESTIBULE_CONFIG, then config/vestibule.toml]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print one JSON document instead of text, errors included
    #[arg(long, global = true)]
    pub json: bool,
    /// The operator who runs the command; asks for their code [default: the operating-system user]
    #[arg(long = "as", global = true, value_name = "OPERATOR")]
    pub operator: Option<String>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve portals and sites
    Serve,
    /// Run a complete installation with sample data on this machine; nothing to install
    #[cfg(feature = "demo")]
    Demo(Demo),
    /// Check configuration, keys, TLS, clock, database and gate
    Doctor,
    /// The database: schema and backups
    #[command(subcommand)]
    Db(Db),
    /// The keys that live outside the database
    #[command(subcommand)]
    Keyring(Keyring),
    /// The laboratories of this installation
    #[command(subcommand)]
    Lab(Lab),
    /// The file of breached passwords
    #[command(subcommand)]
    Corpus(Corpus),
    /// Applications that sign people in, and programs that use the admin API
    #[command(subcommand)]
    Client(Box<Client>),
    /// Named operators and what they may do
    #[command(subcommand)]
    Operator(Operator),
    /// Patients: import them, hand over lab codes
    #[command(subcommand)]
    Patient(Patient),
    /// A list of identifiers and passwords is circulating: who is on it, and are they safe?
    #[command(subcommand)]
    Leak(Leak),
    /// The rules of the sites: are they well made, and what do they make of a request?
    #[command(subcommand)]
    Gate(Gate),
}

#[derive(Debug, Subcommand)]
pub enum Gate {
    /// Find rules that are never asked, that overlap, and that are too wide
    Lint {
        /// Only this one
        #[arg(long, value_name = "ID")]
        site: Option<SiteId>,
    },
    /// Explain rule by rule what becomes of a request; --as IDENTIFIER for a patient, without it for a stranger
    Test(GateTest),
}

#[derive(Debug, Args)]
pub struct GateTest {
    /// As a browser asks for it, with the site's host
    pub url: String,
    #[arg(long, default_value = "GET", value_name = "METHOD")]
    pub method: String,
    /// A form, or JSON
    #[arg(long, value_name = "TEXT")]
    pub body: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Db {
    /// Bring the schema up to this version; create the SQLite file if it is missing
    Migrate,
    /// Show which database this is and the state of its schema
    Status,
    /// Copy the database into a new file, while it is in use
    Backup { file: PathBuf },
    /// Replace the database with a backup
    Restore {
        file: PathBuf,
        /// Replace a database that holds accounts
        #[arg(long)]
        force: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum Keyring {
    /// Make a keyring, readable by its owner only
    New(KeyringFile),
    /// Add a key that is used for all new values; the older keys stay
    Rotate,
    /// List the keys
    Status(KeyringFile),
}

#[derive(Debug, Args)]
pub struct KeyringFile {
    /// The keyring's file [default: the one in the configuration]
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Lab {
    /// Laboratories with the number of accounts in each state
    List,
}

#[derive(Debug, Subcommand)]
pub enum Corpus {
    /// Build the file; after an interruption, the same command continues where it stopped
    Build(BuildCorpus),
    /// Show what the file is and what it was built from
    Info { file: PathBuf },
    /// Compare every byte of the file with its checksums
    Check { file: PathBuf },
    /// Ask for a password and say whether, and how often, it is known
    Probe { file: PathBuf },
}

#[derive(Debug, Args)]
pub struct BuildCorpus {
    /// Lists of HASH:COUNT ordered by hash, folders of range files 00000 to FFFFF, with --words plain lists of
    /// passwords
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// The file to make or replace
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// How the lists are hashed: sha1 or ntlm
    #[arg(long, default_value = "sha1", value_name = "NAME")]
    pub algorithm: Algorithm,
    /// Leave out passwords seen less often than this
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub min_count: u64,
    /// The count for lines that have none; from 10 on, sign-ins with such a password are held
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub count: u32,
    /// Plain lists, one password a line, are among the inputs
    #[arg(long)]
    pub words: bool,
    /// A list of hashes is your own: it need not reach from 0000 to FFFF
    #[arg(long)]
    pub partial: bool,
    /// What the lists are [default: the names of the inputs]
    #[arg(long, value_name = "TEXT")]
    pub source: Option<String>,
    /// The date of the lists, as YYYY-MM-DD [default: today]
    #[arg(long)]
    pub date: Option<Date>,
}

#[derive(Debug, Subcommand)]
pub enum Patient {
    /// Import patients: record, identifier, email, birth_date, given_name, family_name, and if there are such columns
    /// birth_name, used_name
    Import {
        file: PathBuf,
        #[arg(long)]
        lab: LabId,
        /// Fields whose header is different or missing: record=Dossier,birth_date=7 (numbers count from 1)
        #[arg(long, value_name = "FIELD=COLUMN,…")]
        map: Option<ColumnMap>,
        /// Which comes first in dates such as 05/02/1983: day-first or month-first [default: as the file shows it]
        #[arg(long, value_name = "ORDER")]
        date_order: Option<DateOrder>,
        #[command(flatten)]
        legacy: Legacy,
    },
    /// Make links to mail to patients whose LIS password was imported: each works once, within seven days
    Invite {
        #[arg(long)]
        lab: LabId,
        /// The patient with this record [default: everyone who may be invited]
        #[arg(long, value_parser = record)]
        record: Option<RecordNumber>,
        /// A new file for the list, readable by its owner [default: standard output]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Make canary accounts to plant in the lab's exports: they belong to no one, and any attempt on one raises an
    /// alert
    Canary {
        #[arg(long)]
        lab: LabId,
        #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1_000))]
        count: u16,
        /// A new file for the list, readable by its owner [default: standard output]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// List the records that wait for a decision: an import contradicts what is stored of them
    Conflicts {
        #[arg(long)]
        lab: LabId,
    },
    /// Decide whose own file a record is; sessions of those concerned end
    #[command(subcommand)]
    Record(RecordCommand),
    /// Issue a lab code for a patient whose identity you have checked, and print the sheet
    Code {
        #[arg(long)]
        lab: LabId,
        #[arg(long, value_parser = record)]
        record: RecordNumber,
        /// Language of the sheet: fr or en
        #[arg(long, value_parser = language, default_value = "fr")]
        language: Language,
    },
}

#[derive(Debug, Subcommand)]
pub enum RecordCommand {
    /// It stays: the line of the import is the same person, and the next import takes it
    Keep(OneRecord),
    /// It is nobody's any more: the next import finds its person
    Detach(OneRecord),
    /// It becomes the own file of the account that has the other record
    Move(TwoRecords),
    /// So do all records of its account, which is closed
    Merge(TwoRecords),
    /// Undo a merge: what it brought goes back to the account that was closed, which waits for a new lab code
    Split(OneRecord),
}

#[derive(Debug, Args)]
pub struct OneRecord {
    #[arg(long)]
    pub lab: LabId,
    #[arg(long, value_parser = record)]
    pub record: RecordNumber,
    /// Kept in the trail
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

#[derive(Debug, Args)]
pub struct TwoRecords {
    #[command(flatten)]
    pub one: OneRecord,
    #[arg(long, value_parser = record)]
    pub to: RecordNumber,
}

/// Passwords of the LIS. They are read only if their column is named.
#[derive(Debug, Args)]
pub struct Legacy {
    /// Column with the passwords of the LIS, by header or number; they are stored wrapped and open nothing by
    /// themselves
    #[arg(long, value_name = "NAME|N", requires = "legacy_scheme")]
    pub legacy_column: Option<Source>,
    /// How the LIS stored them; digests in hexadecimal or base64
    #[arg(long, value_name = "SCHEME", requires = "legacy_column")]
    pub legacy_scheme: Option<LegacyScheme>,
    /// Column with the salts, as text
    #[arg(long, value_name = "NAME|N", required_if_eq("legacy_scheme", "md5-salted"))]
    pub legacy_salt_column: Option<Source>,
    /// Where the salt was put: before the password or after it
    #[arg(long, value_name = "ORDER", required_if_eq("legacy_scheme", "md5-salted"))]
    pub legacy_salt_order: Option<SaltOrder>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LegacyScheme {
    Clear,
    Md5,
    Md5Salted,
    Sha1,
    Sha256,
    Bcrypt,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SaltOrder {
    Before,
    After,
}

impl Legacy {
    /// `None` if no passwords are to be read.
    pub fn columns(&self) -> Option<LegacyColumns> {
        let scheme = match self.legacy_scheme? {
            LegacyScheme::Clear => Scheme::Clear,
            LegacyScheme::Md5 => Scheme::Md5,
            LegacyScheme::Md5Salted => match self.legacy_salt_order? {
                SaltOrder::Before => Scheme::Md5SaltFirst,
                SaltOrder::After => Scheme::Md5SaltLast,
            },
            LegacyScheme::Sha1 => Scheme::Sha1,
            LegacyScheme::Sha256 => Scheme::Sha256,
            LegacyScheme::Bcrypt => Scheme::Bcrypt,
        };
        Some(LegacyColumns {
            scheme,
            password: self.legacy_column.clone()?,
            salt: self.legacy_salt_column.clone().filter(|_| scheme.has_salt_column()),
        })
    }
}

#[derive(Debug, Subcommand)]
pub enum Operator {
    /// Add an operator, and print the sheet with the code for their enrolment
    Add {
        /// What they sign in with and what the audit trail calls them: a-z, 0-9 and '-'
        #[arg(value_parser = operator)]
        name: OperatorName,
        #[arg(long)]
        given_name: String,
        #[arg(long)]
        family_name: String,
        #[arg(long)]
        email: Option<String>,
        /// A lab they work for; may be repeated
        #[arg(long = "lab", value_name = "LAB", required = true)]
        labs: Vec<LabId>,
        /// In each of these labs: desk or security
        #[arg(long, value_parser = role)]
        role: Role,
        /// Language of the sheet: fr or en
        #[arg(long, value_parser = language, default_value = "fr")]
        language: Language,
    },
    /// Print a sheet with a new code: for a lost phone, a forgotten password, or to let a disabled operator back in
    Code {
        #[arg(value_parser = operator)]
        name: OperatorName,
        /// Language of the sheet: fr or en
        #[arg(long, value_parser = language, default_value = "fr")]
        language: Language,
    },
    /// Change what an operator may do in a lab
    Role {
        #[arg(value_parser = operator)]
        name: OperatorName,
        #[arg(long)]
        lab: LabId,
        /// desk, security or none
        #[arg(long, value_parser = role_or_none)]
        role: RoleOrNone,
    },
    /// Operators with their roles
    List,
    /// End an operator's access at once
    Disable {
        #[arg(value_parser = operator)]
        name: OperatorName,
    },
}

/// Reads the process's arguments. Help ends the process with 0, bad usage with 2.
pub fn parse() -> Invocation {
    parse_from(std::env::args_os()).unwrap_or_else(|code| std::process::exit(code))
}

/// # Errors
/// The exit code, after saying why: 0 for help, 2 for bad usage.
pub fn parse_from(arguments: impl IntoIterator<Item = OsString>) -> Result<Invocation, i32> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let json = arguments.iter().any(|argument| argument == "--json");
    Invocation::try_parse_from(&arguments).map_err(|error| {
        if error.use_stderr() && json {
            let text = error.to_string();
            let what = text
                .lines()
                .next()
                .unwrap_or_default()
                .trim_start_matches("error: ")
                .to_owned();
            let usage = Problems::one("command line", what, "vestibule --help shows every command");
            output::problems(true, &usage);
        } else {
            // If the terminal is gone, there is no one left to tell.
            let _ = error.print();
        }
        error.exit_code()
    })
}
