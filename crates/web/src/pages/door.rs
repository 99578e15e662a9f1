//! The two ways in: patients' and operators'. The pages behind them are the same; their addresses and some words are
//! not.

#[derive(Debug, PartialEq, Eq)]
pub struct Door {
    pub is_desk: bool,
    /// Where a complete sign-in leads.
    pub home: &'static str,
    pub login: &'static str,
    pub logout: &'static str,
    pub activate: &'static str,
    pub activate_password: &'static str,
    pub activate_code: &'static str,
    /// Shows new recovery codes until they are kept.
    pub recovery_codes: &'static str,
    /// Where a held sign-in leads.
    pub password: &'static str,
    /// Puts off the end of a sign-in.
    pub stay: &'static str,
    /// Begins a sign-in with a passkey.
    pub passkey: &'static str,
    /// Takes what the passkey signed.
    pub passkey_answer: &'static str,
    /// The list of a person's passkeys.
    pub passkeys: &'static str,
    /// Asks again before one is added.
    pub passkeys_add: &'static str,
    /// Has the browser make one.
    pub passkeys_new: &'static str,
    /// Asks again before one is removed.
    pub passkeys_remove: &'static str,
}

pub static PORTAL: Door = Door {
    is_desk: false,
    home: "/account",
    login: "/login",
    logout: "/logout",
    activate: "/activate",
    activate_password: "/activate/password",
    activate_code: "/activate/code",
    recovery_codes: "/account/recovery-codes",
    password: "/password",
    stay: "/account/stay",
    passkey: "/login/passkey",
    passkey_answer: "/login/passkey/answer",
    passkeys: "/account/passkeys",
    passkeys_add: "/account/passkeys/add",
    passkeys_new: "/account/passkeys/new",
    passkeys_remove: "/account/passkeys/remove",
};

pub static DESK: Door = Door {
    is_desk: true,
    home: "/desk",
    login: "/desk/login",
    logout: "/desk/logout",
    activate: "/desk/activate",
    activate_password: "/desk/activate/password",
    activate_code: "/desk/activate/code",
    recovery_codes: "/desk/recovery-codes",
    password: "/desk/password",
    stay: "/desk/stay",
    passkey: "/desk/login/passkey",
    passkey_answer: "/desk/login/passkey/answer",
    passkeys: "/desk/passkeys",
    passkeys_add: "/desk/passkeys/add",
    passkeys_new: "/desk/passkeys/new",
    passkeys_remove: "/desk/passkeys/remove",
};

impl Door {
    /// Of a path of a lab's host.
    pub fn of_path(path: &str) -> &'static Self {
        match path.strip_prefix(DESK.home) {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => &DESK,
            _ => &PORTAL,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_belongs_to_one_door() {
        for desk in ["/desk", "/desk/", "/desk/login", "/desk/nowhere"] {
            assert_eq!(Door::of_path(desk), &DESK, "{desk}");
        }
        for portal in ["/", "/login", "/desktop", "/account/desk", "desk"] {
            assert_eq!(Door::of_path(portal), &PORTAL, "{portal}");
        }
    }
}
