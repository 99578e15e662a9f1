//! The cast of the demo. None of these people exist.

use crate::lis::Patient;
use store::account::accounts::Person;

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Active,
    /// On the leaked list: a new password is required.
    Leaked,
    /// Has a lab code on paper and nothing else yet.
    Waiting,
    /// Reads a child's record beside their own.
    Guardian,
}

#[derive(Debug)]
pub struct Character {
    pub state: State,
    pub identifier: &'static str,
    pub record: &'static str,
    pub given_name: &'static str,
    pub family_name: &'static str,
    pub birth_date: &'static str,
    pub email: &'static str,
}

macro_rules! cast {
    ($($state:ident $identifier:literal $record:literal $given:literal $family:literal $born:literal $email:literal);+ $(;)?) => {
        &[$(Character {
            state: State::$state,
            identifier: $identifier,
            record: $record,
            given_name: $given,
            family_name: $family,
            birth_date: $born,
            email: $email,
        }),+]
    };
}

pub const CAST: &[Character] = cast![
    Active "P-102477" "102477" "Odette" "Lemaître" "1944-05-12" "odette.lemaitre@example.org";
    Active "P-118203" "118203" "Yann" "Le Goff" "1987-11-30" "yann.legoff@example.org";
    Active "P-125540" "125540" "Sarah" "Benamou" "1971-02-08" "sarah.benamou@example.org";
    Leaked "P-107731" "107731" "Marcel" "Dubois" "1952-09-23" "marcel.dubois@example.org";
    Guardian "P-131002" "131002" "Claire" "Martin" "1985-03-17" "claire.martin@example.org";
    Waiting "P-140015" "140015" "Awa" "Diallo" "1990-07-04" "awa.diallo@example.org";
    Waiting "P-140016" "140016" "Nguyễn" "Văn Minh" "1966-12-01" "nguyen.minh@example.org";
    Waiting "P-140017" "140017" "Jeanne" "Roussel" "1939-01-29" "jeanne.roussel@example.org";
];

impl Character {
    pub fn person(&self) -> Person {
        Person {
            identifier: self.identifier.to_owned(),
            email: Some(self.email.to_owned()),
            birth_date: self.birth_date.to_owned(),
            given_name: self.given_name.to_owned(),
            family_name: self.family_name.to_owned(),
            other_names: Vec::new(),
        }
    }
}

#[derive(Debug)]
pub struct Officer {
    pub name: &'static str,
    pub given_name: &'static str,
    pub family_name: &'static str,
}

/// The lab's security officer.
pub const OPERATOR: Officer = Officer {
    name: "nadia",
    given_name: "Nadia",
    family_name: "Belkacem",
};

/// Claire Martin's son: a record without an account of its own.
pub const CHILD_RECORD: &str = "131003";
pub const GUARDIAN: &str = "P-131002";

pub fn patients() -> Vec<Patient> {
    let patient = |record: &str, family: &str, given: &str, born: &str| Patient {
        record: record.to_owned(),
        family_name: family.to_owned(),
        given_name: given.to_owned(),
        birth_date: born.to_owned(),
    };
    let mut patients: Vec<Patient> = CAST
        .iter()
        .map(|who| patient(who.record, who.family_name, who.given_name, who.birth_date))
        .collect();
    patients.push(patient(CHILD_RECORD, "Martin", "Léo", "2017-10-05"));
    patients
}
