//! Is the file of breached passwords there, whole as far as its head tells, and not old?

use jiff::tz::Offset;

use super::Check;
use config::Config;
use corpus::Corpus;
use kernel::clock::Timestamp;

const NAME: &str = "corpus";
/// Published lists grow all the time.
const OLD_AFTER_DAYS: i32 = 400;

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
    let header = corpus.header();
    let what = format!("{}: {} passwords as of {}", file.display(), header.keys, header.date);
    let today = Offset::UTC.to_datetime(now.civil()).date();
    match (today - header.date).get_days() > OLD_AFTER_DAYS {
        true => Check::warning(NAME, what, "build one from newer lists: vestibule corpus build"),
        false => Check::ok(NAME, format!("{what}; vestibule corpus check FILE reads all of it")),
    }
}
