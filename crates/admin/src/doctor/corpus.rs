//! Is the file of breached passwords there, whole as far as its head tells, not old, and does it know passwords?

use jiff::tz::Offset;

use super::Check;
use config::Config;
use corpus::Corpus;
use kernel::clock::Timestamp;

const NAME: &str = "corpus";
/// Published lists grow all the time.
const OLD_AFTER_DAYS: i32 = 400;

/// Seen by the hundred thousand in every published list.
const KNOWN: [&str; 10] = [
    "123456", "password", "azerty", "qwerty", "111111", "abc123", "iloveyou", "soleil", "letmein", "dragon",
];
/// Nobody's: made of random numbers for this. A right file may take one in 65,000 for known, never all.
const NOBODYS: [&str; 3] = [
    "9f0c1b7e-64d2-4a58-b3c6-2e81d07f5a94",
    "c27d58e1-0b9a-4f36-8e47-a1f3690d2cb5",
    "41a6e3f8-d75c-4290-9b1e-7c08f5b2d63a",
];

pub(super) fn examine(config: &Config, now: Timestamp) -> Check {
    let Some(file) = &config.corpus.file else {
        return Check::warning(
            NAME,
            "the full corpus of breached passwords is missing: new passwords are screened by a small dictionary only, and \
             sign-ins by none",
            "vestibule corpus build INPUT --out FILE, then name the file as [corpus] file",
        );
    };
    let corpus = match Corpus::open(file) {
        Ok(corpus) => corpus,
        Err(problem) => return Check::problem(NAME, problem.to_string(), problem.remedy()),
    };
    let knows = |password: &&str| corpus.lookup_password(password).is_some();
    let known = KNOWN.iter().filter(|password| knows(password)).count();
    if known == 0 || NOBODYS.iter().all(knows) {
        return Check::problem(
            NAME,
            format!(
                "{}: it was built from something else than known passwords",
                file.display()
            ),
            "build it from the published lists: vestibule corpus build INPUT --out FILE",
        );
    }
    let header = corpus.header();
    let what = format!("{}: {} passwords as of {}", file.display(), header.keys, header.date);
    let today = Offset::UTC.to_datetime(now.civil()).date();
    if known < KNOWN.len() {
        return Check::warning(
            NAME,
            format!(
                "{what}; of {} passwords that every published list has it knows {known}",
                KNOWN.len()
            ),
            "if it is meant to be more than your own list, build it from a published one: vestibule corpus build",
        );
    }
    match (today - header.date).get_days() > OLD_AFTER_DAYS {
        true => Check::warning(NAME, what, "build one from newer lists: vestibule corpus build"),
        false => Check::ok(NAME, format!("{what}; vestibule corpus check FILE reads all of it")),
    }
}
