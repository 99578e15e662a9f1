//! One JSON object a line. Values of other keys are checked and passed over, never kept.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use zeroize::Zeroizing;

/// The two values, as text; numbers as they stand.
#[derive(Debug, Default)]
pub(super) struct ValuePair {
    pub identifier: Option<Zeroizing<String>>,
    pub password: Option<Zeroizing<String>>,
}

#[derive(Clone, Copy)]
pub(super) struct Keys<'a> {
    pub identifier: &'a str,
    pub password: Option<&'a str>,
}

/// None when the line is not an object. An array that was broken into lines is understood too.
pub(super) fn read(line: &str, keys: Keys<'_>) -> Option<ValuePair> {
    let mut deserializer = serde_json::Deserializer::from_str(bare(line));
    let taken = keys.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(taken)
}

/// The keys of an object, in their order.
pub(super) fn keys(line: &str) -> Option<Vec<(String, super::kinds::Kind)>> {
    let mut deserializer = serde_json::Deserializer::from_str(bare(line));
    let keys = deserializer.deserialize_map(KeyVisitor).ok()?;
    deserializer.end().ok()?;
    Some(keys)
}

/// Without the signs of an array around its elements.
pub(super) fn bare(line: &str) -> &str {
    let line = line.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0');
    let line = line.strip_prefix(['[', ',']).unwrap_or(line).trim_start();
    line.trim_end_matches([',', ']']).trim_end()
}

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = ValuePair;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<ValuePair, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ValuePair;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ValuePair, A::Error> {
        let mut taken = ValuePair::default();
        while let Some(which) = map.next_key_seed(WantedKeys(self))? {
            match which {
                Which::Identifier => taken.identifier = map.next_value_seed(Scalar)?,
                Which::Password => taken.password = map.next_value_seed(Scalar)?,
                Which::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(taken)
    }
}

enum Which {
    Identifier,
    Password,
    Other,
}

struct WantedKeys<'a>(Keys<'a>);

impl<'de> DeserializeSeed<'de> for WantedKeys<'_> {
    type Value = Which;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Which, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for WantedKeys<'_> {
    type Value = Which;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Which, E> {
        Ok(if key == self.0.identifier {
            Which::Identifier
        } else if Some(key) == self.0.password {
            Which::Password
        } else {
            Which::Other
        })
    }
}

struct Scalar;

impl<'de> DeserializeSeed<'de> for Scalar {
    type Value = Option<Zeroizing<String>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Scalar {
    type Value = Option<Zeroizing<String>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Zeroizing::new(text.to_owned())))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(Zeroizing::new(number.to_string())))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(Zeroizing::new(number.to_string())))
    }

    /// Digits were lost before this file was made.
    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Some(Zeroizing::new(if number.abs() >= 1e15 {
            "1E+15".to_owned()
        } else {
            number.to_string()
        })))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut values: A) -> Result<Self::Value, A::Error> {
        while values.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut values: A) -> Result<Self::Value, A::Error> {
        while values.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = Vec<(String, super::kinds::Kind)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut keys = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value_seed(Scalar)?;
            let kind = value.map_or(super::kinds::Kind::Empty, |text| super::kinds::Kind::of(&text));
            keys.push((key, kind));
        }
        Ok(keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_values_are_taken() {
        let keys = Keys {
            identifier: "login",
            password: Some("mdp"),
        };
        let line =
            r#"{"nom":"Canari","login":102477,"nested":{"mdp":"no","a":[1,{"login":2}]},"mdp":"so\u006ceil \"1\""}"#;
        let taken = read(line, keys).unwrap();
        assert_eq!(taken.identifier.unwrap().as_str(), "102477");
        assert_eq!(taken.password.unwrap().as_str(), "soleil \"1\"");
        assert!(read(&format!("[{line},"), keys).is_some());
        for bad in ["", "{", "[1]", "{\"login\":}", "{} {}", "12"] {
            assert!(read(bad, keys).is_none(), "{bad}");
        }
        let damaged = read(r#"{"login":1.23e+20,"mdp":null}"#, keys).unwrap();
        assert_eq!(damaged.identifier.unwrap().as_str(), "1E+15");
        assert!(damaged.password.is_none());
    }
}
