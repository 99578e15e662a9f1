//! Which two columns are read: everything else is passed over.

use std::str::FromStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    Identifier,
    Password,
}

impl Field {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identifier => "identifier",
            Self::Password => "password",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A header or a JSON key.
    Name(String),
    /// Counted from 1.
    Number(usize),
    /// The list has no such column, whatever it looks like.
    Nowhere,
}

/// `identifier=3,password=7`, by number from 1 or by header; `password=none` reads none. What is not said is
/// recognised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    pub(super) identifier: Option<Place>,
    pub(super) password: Option<Place>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not identifier=COLUMN or password=COLUMN, once each, with a header or a number counted from 1 \
     (password=none where there is none)"
)]
pub struct MalformedMapping(String);

impl Mapping {
    /// # Errors
    /// Names the part that is not a valid mapping.
    pub fn parse(text: &str) -> Result<Self, MalformedMapping> {
        let mut mapping = Self::default();
        for part in text.split(',') {
            let malformed = || MalformedMapping(part.trim().to_owned());
            let (field, place) = part.split_once('=').ok_or_else(malformed)?;
            let (slot, may_be_none) = match field.trim() {
                "identifier" => (&mut mapping.identifier, false),
                "password" => (&mut mapping.password, true),
                _ => return Err(malformed()),
            };
            let place = match place.trim() {
                "" | "0" => return Err(malformed()),
                "none" if may_be_none => Place::Nowhere,
                place => place
                    .parse()
                    .map_or_else(|_| Place::Name(place.to_owned()), Place::Number),
            };
            if slot.replace(place).is_some() {
                return Err(malformed());
            }
        }
        Ok(mapping)
    }

    pub(super) fn place(&self, field: Field) -> Option<&Place> {
        match field {
            Field::Identifier => self.identifier.as_ref(),
            Field::Password => self.password.as_ref(),
        }
    }
}

impl FromStr for Mapping {
    type Err = MalformedMapping;

    fn from_str(text: &str) -> Result<Self, MalformedMapping> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_by_number_or_header() {
        let mapping = Mapping::parse("identifier=3, password = Mot de passe").unwrap();
        assert_eq!(mapping.identifier, Some(Place::Number(3)));
        assert_eq!(mapping.password, Some(Place::Name("Mot de passe".to_owned())));
        assert_eq!(Mapping::parse("password=none").unwrap().password, Some(Place::Nowhere));
        for bad in [
            "",
            "identifier",
            "identifier=",
            "identifier=0",
            "email=3",
            "identifier=1,identifier=2",
            "identifier=1,",
        ] {
            assert!(Mapping::parse(bad).is_err(), "{bad}");
        }
    }
}
