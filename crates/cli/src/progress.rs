//! A bar for long work, where a person watches.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output;

#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// Shows nothing with `--json` or when standard error is a file.
    pub fn of_bytes(json: bool) -> Self {
        Self::with(json, "{bar:40} {percent:>3} %  {bytes} of {total_bytes}  {eta} left")
    }

    /// As of bytes.
    #[cfg(feature = "demo")]
    pub fn of_rows(json: bool) -> Self {
        Self::with(
            json,
            "{bar:40} {percent:>3} %  {human_pos} of {human_len} rows  {eta} left",
        )
    }

    /// Work in several steps, each named.
    pub fn of_steps(json: bool) -> Self {
        Self::with(json, "{bar:40} {percent:>3} %  {msg}  {eta} left")
    }

    pub fn step(&self, name: &'static str, done: u64, of: u64) {
        self.0.set_message(name);
        self.at(done, of);
    }

    fn with(json: bool, template: &str) -> Self {
        let shown = !json && output::is_interactive();
        let target = if shown {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        let style = ProgressStyle::with_template(template);
        Self(match style {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        })
    }

    pub fn at(&self, done: u64, of: u64) {
        self.0.set_length(of);
        self.0.set_position(done);
    }

    /// Prints a line without tearing the bar.
    pub fn note(&self, text: &str) {
        self.0.suspend(|| output::note(text));
    }

    pub fn end(&self) {
        self.0.finish_and_clear();
    }
}
