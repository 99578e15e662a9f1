//! What is typed at a terminal and must not be seen there.

use std::io::{self, BufRead, IsTerminal, Read};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::output;

/// In bytes; more than any password has.
const LONGEST_LINE: u64 = 8192;

/// Asks for it at a terminal without showing it, else reads one line of standard input.
///
/// # Errors
/// Nothing can be read, or the terminal would show it.
pub(super) fn ask(question: &str) -> io::Result<SecretString> {
    let input = io::stdin().lock();
    let mut line = Zeroizing::new(String::new());
    if input.is_terminal() {
        output::ask(question);
        let shown = tcgetattr(io::stdin())?;
        let mut hidden = shown.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &hidden)?;
        let read = input.take(LONGEST_LINE).read_line(&mut line);
        tcsetattr(io::stdin(), OptionalActions::Now, &shown)?;
        output::note("");
        read?;
    } else {
        input.take(LONGEST_LINE).read_line(&mut line)?;
    }
    Ok(SecretString::from(line.trim_end_matches(['\r', '\n'])))
}
