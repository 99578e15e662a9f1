//! The sheet printed when the lab hands over a lab code: plain text, for any printer.

use super::{Language, Texts, Zone};
use kernel::clock::Timestamp;

const WIDTH: usize = 76;

#[derive(Clone, Copy, Debug)]
pub struct LabCodeSheet<'a> {
    pub lab: &'a str,
    /// The name of the operator whose access it opens; `None` for a patient.
    pub operator: Option<&'a str>,
    /// The person the sheet is for, as the desk writes it; not printed when absent.
    pub holder: Option<&'a str>,
    /// With or without separators; printed in groups of four.
    pub code: &'a str,
    pub valid_until: Timestamp,
    /// The address to open, in full.
    pub address: &'a str,
    /// The lab's telephone.
    pub phone: Option<&'a str>,
}

/// The texts of the sheet, for any layout.
#[derive(Debug)]
pub struct SheetTexts {
    pub title: String,
    pub holder: Option<String>,
    pub code_label: String,
    /// In groups of four.
    pub code: String,
    pub valid: String,
    pub steps_label: String,
    pub steps: [String; 5],
    pub keep: String,
    pub never_asks: String,
    pub call: String,
}

impl LabCodeSheet<'_> {
    pub fn texts(&self, texts: &Texts, language: Language, zone: &Zone) -> SheetTexts {
        let say = |key| texts.get(language, key).into_owned();
        let until = texts.moment(language, zone, self.valid_until);
        let holder = |holder| texts.with(language, "sheet-for", &[("holder", one_line(holder).as_str().into())]);
        SheetTexts {
            title: match self.operator {
                Some(_) => say("sheet-title-desk"),
                None => say("sheet-title"),
            },
            holder: self.holder.map(holder),
            code_label: say("sheet-code"),
            code: in_groups(self.code),
            valid: texts.with(language, "sheet-valid", &[("until", until.as_str().into())]),
            steps_label: say("sheet-steps"),
            steps: [
                texts.with(language, "sheet-step-open", &[("address", self.address.into())]),
                match self.operator {
                    Some(name) => texts.with(
                        language,
                        "sheet-step-enter-desk",
                        &[("name", one_line(name).as_str().into())],
                    ),
                    None => say("sheet-step-enter"),
                },
                say("sheet-step-password"),
                say("sheet-step-app"),
                say("sheet-step-codes"),
            ],
            keep: say("sheet-keep"),
            never_asks: say("sheet-never-asks"),
            call: match self.phone {
                Some(phone) => texts.with(language, "sheet-call", &[("phone", one_line(phone).as_str().into())]),
                None => say("sheet-ask"),
            },
        }
    }
}

/// The sheet as text of at most 76 columns, each line ended.
pub fn lab_code_sheet(texts: &Texts, language: Language, zone: &Zone, sheet: &LabCodeSheet<'_>) -> String {
    let said = sheet.texts(texts, language, zone);
    let rule = "-".repeat(WIDTH);
    let mut blocks = vec![one_line(sheet.lab), said.title];
    blocks.extend(said.holder);
    blocks.push(rule.clone());
    blocks.push(format!("{}\n\n        {}", said.code_label, said.code));
    blocks.push(said.valid);
    blocks.push(rule);
    blocks.push(said.steps_label);
    blocks.extend(
        said.steps
            .iter()
            .zip(1..)
            .map(|(step, number)| format!("{number}. {step}")),
    );
    blocks.extend([said.keep, said.never_asks, said.call]);
    let mut out = blocks
        .iter()
        .map(|block| wrapped(block))
        .collect::<Vec<_>>()
        .join("\n\n");
    out.push('\n');
    out
}

/// `K7QM2RXP` and `k7qm-2rxp` both become `K7QM-2RXP`.
fn in_groups(code: &str) -> String {
    let plain: Vec<char> = code
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect();
    plain
        .chunks(4)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("-")
}

/// A name from a file cannot draw lines of its own on the sheet.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn wrapped(block: &str) -> String {
    block.lines().map(wrapped_line).collect::<Vec<_>>().join("\n")
}

fn wrapped_line(line: &str) -> String {
    if line.chars().count() <= WIDTH {
        return line.to_owned();
    }
    let mut out = String::new();
    let mut column = 0;
    for word in line.split(' ') {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > WIDTH {
            out.push_str("\n   ");
            column = 3;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(language: Language, operator: Option<&str>) -> String {
        let texts = Texts::load().unwrap();
        let zone = Zone::named("Europe/Paris").unwrap();
        let sheet = LabCodeSheet {
            lab: "Laboratoire des Tilleuls",
            operator,
            holder: Some("Jeanne Moreau\u{1b}[2J\nJean"),
            code: "k7qm2rxph4tw",
            valid_until: Timestamp::from_seconds(1_795_461_300),
            address: "https://resultats.labo-tilleuls.fr/activate",
            phone: Some("01 23 45 67 89"),
        };
        lab_code_sheet(&texts, language, &zone, &sheet)
    }

    #[test]
    fn sheet_fr() {
        insta::assert_snapshot!(sample(Language::Fr, None));
    }

    #[test]
    fn sheet_en() {
        insta::assert_snapshot!(sample(Language::En, None));
    }

    #[test]
    fn an_operator_is_told_their_name_and_asked_for_no_birth_date() {
        let (sheet, patients) = (sample(Language::En, Some("claire")), sample(Language::En, None));
        assert!(sheet.contains("claire") && !sheet.contains("birth"), "{sheet}");
        assert!(patients.contains("birth") && !patients.contains("claire"), "{patients}");
    }

    #[test]
    fn lines_fit_and_the_code_is_grouped() {
        for language in Language::ALL {
            let sheet = sample(language, None);
            assert!(sheet.lines().all(|line| line.chars().count() <= WIDTH), "{sheet}");
            assert!(sheet.contains("K7QM-2RXP-H4TW"), "{sheet}");
            assert!(!sheet.contains('\u{1b}'));
        }
    }
}
