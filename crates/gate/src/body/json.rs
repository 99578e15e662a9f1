//! JSON: a bound name counts at any depth and in any letter case, and as often as it is there.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::comparison::Comparison;
use crate::decision::Refusal;
use crate::names::{NameReading, record_in};
use crate::request::Ambiguity;

pub(super) fn compare(comparison: Comparison<'_>, body: &[u8]) -> Result<(), Refusal> {
    let refusal = Cell::new(None);
    let walk = Walk {
        comparison,
        name: None,
        refusal: &refusal,
    };
    let mut document = serde_json::Deserializer::from_slice(body);
    let read = walk.deserialize(&mut document).and_then(|()| document.end());
    match (refusal.get(), read) {
        (Some(refusal), _) => Err(refusal),
        (None, Err(_)) => Err(Ambiguity::UnreadableBody.into()),
        (None, Ok(())) => Ok(()),
    }
}

/// One value of the document, under the bound name that it stands for.
#[derive(Clone, Copy)]
struct Walk<'a> {
    comparison: Comparison<'a>,
    name: Option<&'a str>,
    /// What serde's errors cannot carry.
    refusal: &'a Cell<Option<Refusal>>,
}

impl Walk<'_> {
    fn refuse<E: Error>(self, why: Refusal) -> E {
        self.refusal.set(Some(why));
        E::custom("refused")
    }

    fn text<E: Error>(self, text: &str) -> Result<(), E> {
        let Some(name) = self.name else { return Ok(()) };
        let templates = self.comparison.names.alike(name);
        record_in(templates, text)
            .map_err(Refusal::from)
            .and_then(|record| self.comparison.is_own(record))
            .map_err(|why| self.refuse(why))
    }

    /// A value that is no record's number.
    fn other<E: Error>(self) -> Result<(), E> {
        match self.name {
            None => Ok(()),
            Some(_) => Err(self.refuse(Ambiguity::BoundValue.into())),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.text(text)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.text(&number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.text(&number.to_string())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.other()
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.other()
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.other()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if self.name.is_some_and(|name| !self.comparison.names.is_list(name)) {
            return self.other();
        }
        while list.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.other()?;
        while let Some(key) = map.next_key::<String>()? {
            let name = match self.comparison.names.read(&key) {
                NameReading::Free => None,
                NameReading::Bound(_) | NameReading::Alike => Some(key.as_str()),
                NameReading::Suspect => return Err(self.refuse(Ambiguity::BoundName.into())),
            };
            map.next_value_seed(Walk { name, ..self })?;
        }
        Ok(())
    }
}
