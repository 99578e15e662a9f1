//! Who does what is done: the other half of every entry of the trail.

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A visitor from the network, at this address, proved or not.
    Visitor { address: String },
    /// A person at the machine, by operating-system user.
    Machine { user: String },
    /// A named operator, by the name they sign in with.
    Operator { name: String },
    /// A relying party, in its own name.
    Client { name: String },
    /// The program itself.
    Vestibule,
}

impl Actor {
    /// One line, safe in a log whatever the names hold.
    pub fn label(&self) -> String {
        let plain = |text: &str| text.chars().filter(|c| !c.is_control()).take(120).collect::<String>();
        match self {
            Self::Visitor { address } => format!("visitor:{}", plain(address)),
            Self::Machine { user } => format!("machine:{}", plain(user)),
            Self::Operator { name } => format!("operator:{}", plain(name)),
            Self::Client { name } => format!("client:{}", plain(name)),
            Self::Vestibule => "vestibule".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r44_a_name_cannot_forge_a_second_line() {
        let actor = Actor::Machine {
            user: "eve\n2026-01-01 machine:root".to_owned(),
        };
        assert_eq!(actor.label(), "machine:eve2026-01-01 machine:root");
    }
}
