//! A row as text: a table, JSON lines, or pairs.

use std::str::FromStr;

use super::person::{HEADERS, Person};
use super::{Account, UnknownChoice};
use domain::invented::Dice;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    Csv,
    Tsv,
    Semicolon,
    Jsonl,
    Pairs,
}

impl FromStr for Layout {
    type Err = UnknownChoice;

    fn from_str(text: &str) -> Result<Self, UnknownChoice> {
        Ok(match text {
            "csv" => Self::Csv,
            "tsv" => Self::Tsv,
            "semicolon" => Self::Semicolon,
            "jsonl" => Self::Jsonl,
            "pairs" => Self::Pairs,
            given => {
                return Err(UnknownChoice {
                    given: given.to_owned(),
                    choices: "csv, tsv, semicolon, jsonl, pairs",
                });
            }
        })
    }
}

impl Layout {
    const fn delimiter(self) -> char {
        match self {
            Self::Csv | Self::Jsonl => ',',
            Self::Tsv => '\t',
            Self::Semicolon => ';',
            Self::Pairs => ':',
        }
    }
}

/// Makes one line after the other in the same memory.
#[derive(Debug)]
pub(super) struct Line {
    layout: Layout,
    names: Vec<String>,
    identifier: usize,
    password: usize,
    field: String,
    text: String,
}

impl Line {
    /// Identifier in column 3 and password in column 7, where there are as many.
    pub fn new(layout: Layout, fields: usize) -> Self {
        let fields = if layout == Layout::Pairs { 2 } else { fields };
        let (identifier, password) = (2.min(fields - 2), 6.min(fields - 1));
        let names = (0..fields).map(|at| match at {
            _ if at == identifier => "identifiant".to_owned(),
            _ if at == password => "mot_de_passe".to_owned(),
            _ => HEADERS
                .get(at)
                .map_or_else(|| format!("champ_{}", at + 1), |name| (*name).to_owned()),
        });
        Self {
            layout,
            names: names.collect(),
            identifier,
            password,
            field: String::new(),
            text: String::new(),
        }
    }

    /// Of a table.
    pub fn header(&self) -> Option<String> {
        let table = matches!(self.layout, Layout::Csv | Layout::Tsv | Layout::Semicolon);
        table.then(|| self.names.join(&self.layout.delimiter().to_string()) + "\r\n")
    }

    pub fn of(&mut self, dice: &mut Dice, row: u64, account: Option<Account>) -> &str {
        let person = Person::new(dice, row, account);
        self.text.clear();
        if self.layout == Layout::Jsonl {
            self.text.push('{');
        }
        for at in 0..self.names.len() {
            self.field.clear();
            if at == self.identifier {
                self.field.push_str(&person.identifier);
            } else if at == self.password {
                self.field.push_str(&person.password);
            } else {
                person.write(&mut self.field, at, dice);
            }
            self.add(at);
        }
        self.text
            .push_str(if self.layout == Layout::Jsonl { "}\n" } else { "\r\n" });
        &self.text
    }

    fn add(&mut self, at: usize) {
        if at > 0 {
            self.text.push(self.layout.delimiter());
        }
        match self.layout {
            Layout::Jsonl => {
                let name = self.names.get(at).map(String::as_str).unwrap_or_default();
                push_json(&mut self.text, name);
                self.text.push(':');
                push_json(&mut self.text, &self.field);
            }
            Layout::Pairs => self.text.push_str(&self.field),
            Layout::Csv | Layout::Tsv | Layout::Semicolon => {
                push_cell(&mut self.text, &self.field, self.layout.delimiter());
            }
        }
    }
}

fn push_cell(text: &mut String, field: &str, delimiter: char) {
    if !field.contains([delimiter, '"', '\n', '\r']) {
        text.push_str(field);
        return;
    }
    text.push('"');
    for (at, part) in field.split('"').enumerate() {
        if at > 0 {
            text.push_str("\"\"");
        }
        text.push_str(part);
    }
    text.push('"');
}

fn push_json(text: &mut String, field: &str) {
    text.push_str(&serde_json::Value::from(field).to_string());
}
