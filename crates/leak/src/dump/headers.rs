//! What columns are called, in French and in English.

use unicode_normalization::UnicodeNormalization;

use super::mapping::Field;

/// Best first: where a list has a portal identifier and an e-mail address, the first is what people sign in with.
const IDENTIFIER: &[&str] = &[
    "identifiant",
    "identifiants",
    "login",
    "username",
    "identifiantportail",
    "identifiantweb",
    "identifiantinternet",
    "identifiantconnexion",
    "loginweb",
    "logininternet",
    "loginportail",
    "nomutilisateur",
    "utilisateur",
    "user",
    "userlogin",
    "userid",
    "identifier",
    "pseudo",
    "compte",
    "account",
    "codeacces",
    "codeutilisateur",
    "numeropatient",
    "nopatient",
    "npatient",
    "numpatient",
    "numeropat",
    "numpat",
    "idpatient",
    "patientid",
    "patientnumber",
    "patientno",
    "codepatient",
    "refpatient",
    "ipp",
    "numerodossier",
    "nodossier",
    "ndossier",
    "numdossier",
    "dossier",
    "record",
    "recordnumber",
    "email",
    "mail",
    "courriel",
    "adressemail",
    "adresseemail",
    "adressecourriel",
    "adresseelectronique",
    "emailaddress",
    "mailaddress",
    "useremail",
    "usermail",
    "mel",
    "id",
];

const PASSWORD: &[&str] = &[
    "motdepasse",
    "motdepasseclair",
    "motdepasseinternet",
    "motdepasseweb",
    "motdepasseportail",
    "mdp",
    "mdpclair",
    "mdpinternet",
    "mdpweb",
    "mdpportail",
    "password",
    "passwd",
    "passwort",
    "pwd",
    "passwordclear",
    "clearpassword",
    "plaintext",
    "passwordplain",
    "plainpassword",
    "userpassword",
    "userpwd",
    "motpasse",
    "pass",
    "passe",
    "passphrase",
    "pw",
    "codesecret",
    "codeconfidentiel",
    "secret",
];

/// Enough of the rest to tell a header from a person.
const OTHER: &[&str] = &[
    "nom",
    "prenom",
    "nomnaissance",
    "nomjeunefille",
    "nomusuel",
    "name",
    "firstname",
    "lastname",
    "givenname",
    "familyname",
    "surname",
    "civilite",
    "sexe",
    "sex",
    "gender",
    "datenaissance",
    "naissance",
    "birthdate",
    "dob",
    "dateofbirth",
    "adresse",
    "adresse1",
    "adresse2",
    "address",
    "rue",
    "codepostal",
    "cp",
    "zip",
    "zipcode",
    "ville",
    "commune",
    "city",
    "pays",
    "country",
    "telephone",
    "tel",
    "tel1",
    "tel2",
    "portable",
    "mobile",
    "phone",
    "fax",
    "nir",
    "numsecu",
    "nsecu",
    "numerosecu",
    "numerosecuritesociale",
    "securitesociale",
    "ssn",
    "mutuelle",
    "medecin",
    "medecintraitant",
    "prescripteur",
    "doctor",
    "commentaire",
    "commentaires",
    "comment",
    "comments",
    "remarque",
    "datecreation",
    "created",
    "createdat",
    "groupesanguin",
    "hash",
    "passwordhash",
    "passwordmd5",
    "motdepassehash",
    "mdphash",
    "salt",
    "sel",
    "preleveur",
    "laboratoire",
    "labo",
    "lab",
    "site",
    "grossesse",
    "traitement",
    "profession",
];

/// In front of what a one-time-code application holds.
const SEED: &[&str] = &[
    "totp",
    "totpsecret",
    "totpseed",
    "otpsecret",
    "otpseed",
    "secretotp",
    "mfasecret",
    "2fasecret",
    "secret2fa",
    "seed",
    "graine",
];

/// Without case, accents, spaces and signs: `N° de patient` and `no_patient` are near each other.
pub(super) fn simplified(header: &str) -> String {
    let letters = header
        .nfkd()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase);
    let joined: String = letters.collect();
    let start = ["numerode", "node", "nde"].into_iter().find_map(|of| {
        let rest = joined
            .strip_prefix(of)
            .filter(|rest| rest.starts_with("patient") || rest.starts_with("dossier"))?;
        Some(format!("numero{rest}"))
    });
    start.unwrap_or(joined)
}

/// How well a header fits: lower is better.
pub(super) fn rank(field: Field, header: &str) -> Option<usize> {
    let simple = simplified(header);
    let words = match field {
        Field::Identifier => IDENTIFIER,
        Field::Password => PASSWORD,
    };
    if let Some(exact) = words.iter().position(|word| *word == simple) {
        return Some(exact);
    }
    const FOREIGN: &[&str] = &[
        "hash", "md5", "sha", "bcrypt", "salt", "date", "oubli", "expir", "modif", "chang", "question", "reset",
        "lost", "forgot", "hint", "indice", "count", "nb", "parent", "medecin",
    ];
    if FOREIGN.iter().any(|word| simple.contains(word)) {
        return None;
    }
    let parts: &[&str] = match field {
        Field::Identifier => &["identifiant", "login", "username", "email", "courriel", "mail"],
        Field::Password => &["motdepasse", "password", "passwd", "mdp", "pwd"],
    };
    let words_of_header = whole_words(header)?;
    let part = parts
        .iter()
        .position(|part| words_of_header.iter().any(|word| word == part))?;
    Some(words.len() + part)
}

/// None where a person may stand there: an address, or a word with a number of its own.
fn whole_words(header: &str) -> Option<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    let mut after_lower = false;
    for c in header.nfkd() {
        let begins = !c.is_alphanumeric() || after_lower && c.is_uppercase();
        if words.is_empty() || begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        after_lower = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    let is_number = |word: &String| word.bytes().all(|byte| byte.is_ascii_digit());
    (!header.contains('@') && !words.iter().any(is_number)).then_some(words)
}

pub(super) fn is_known(header: &str) -> bool {
    let simple = simplified(header);
    let known = |words: &[&str]| words.contains(&simple.as_str());
    known(OTHER)
        || known(SEED)
        || rank(Field::Identifier, header).is_some() && simple != "id"
        || rank(Field::Password, header).is_some()
}

/// A leaked seed makes the one-time codes worthless, which the operator must hear.
pub(super) fn is_seed(header: &str) -> bool {
    SEED.contains(&simplified(header).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_known_however_they_are_written() {
        for header in [
            "Identifiant",
            "LOGIN",
            "N° patient",
            "no_patient",
            "Numéro de patient",
            "E-mail",
            "web_login",
            "ID_PATIENT",
        ] {
            assert!(rank(Field::Identifier, header).is_some(), "{header}");
        }
        for header in [
            "Mot de passe",
            "MDP",
            "mdp_internet2",
            "Password",
            "pwd",
            "User-Password",
        ] {
            assert!(rank(Field::Password, header).is_some(), "{header}");
        }
        for header in ["password_hash", "date_mdp", "mot de passe oublié", "nom", ""] {
            assert_eq!(rank(Field::Password, header), None, "{header}");
        }
        for person in [
            "login.anna@courrier.example",
            "EMAIL-12",
            "password7",
            "mailhot",
            "Loginova",
        ] {
            assert!(!is_known(person), "{person}");
        }
        assert!(rank(Field::Identifier, "identifiant") < rank(Field::Identifier, "email"));
        assert!(is_known("Prénom") && is_seed("TOTP secret") && !is_known("Odette") && !is_known("id"));
    }
}
