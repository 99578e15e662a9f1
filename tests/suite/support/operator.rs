//! An operator: made as the command line makes them, enrolled with a code from an independent program.

use std::collections::BTreeMap;

use secrecy::SecretString;
use vestibule::admin::operators::{self, NewOperator};
use vestibule::auth::browser::Browser as From;
use vestibule::auth::enrolment::{self, Stage, Step};
use vestibule::domain::audit::Actor;
use vestibule::domain::operator::Role;
use vestibule::kernel::ids::{LabId, OperatorName};
use vestibule::service::Core;
use vestibule::service::act::Act;
use vestibule::service::attempts::Outcome;

use super::app::TestApp;
use super::browser::{Browser, Page};
use super::oathtool;
use super::patient::PASSWORD;

pub struct Colleague {
    pub name: OperatorName,
    pub secret: String,
}

/// Enrolled with the code before the current one, which is therefore still of use.
pub async fn hire(core: &Core, name: &str, roles: &[(&str, Role)]) -> Colleague {
    let code = add(core, name, roles).await;
    let (realm, actor) = (LabId::operators(), Actor::Vestibule);
    let act = Act::of(core, &realm, &actor);
    let begun = enrolment::lab_code::begin(act, &SecretString::from(code), None)
        .await
        .unwrap();
    let Outcome::Passed(token) = begun.outcome() else {
        panic!("the lab code was refused");
    };
    let begun = enrolment::lookup(core, &realm, &token).await.unwrap().unwrap();
    let password = SecretString::from(PASSWORD);
    let chosen = enrolment::choose_password(core, &realm, begun, &password)
        .await
        .unwrap();
    assert!(matches!(chosen, Step::Done(())), "{chosen:?}");
    // Between two looks at the machine's clock a step may end.
    for _ in 0..3 {
        let begun = enrolment::lookup(core, &realm, &token).await.unwrap().unwrap();
        let Stage::BindingAuthenticator(stage) = &begun.stage else {
            panic!("no authenticator to bind");
        };
        let secret = stage.seed().unwrap().base32().to_string();
        let before = oathtool::code(&secret, core.now().unix_seconds() - 30);
        let code = SecretString::from(before);
        let done = enrolment::confirm(act, begun, &code, &From::unknown()).await;
        if let Step::Done(_) = done.unwrap() {
            let name = name.parse().unwrap();
            return Colleague { name, secret };
        }
    }
    panic!("{name} could not enrol");
}

/// Made and not enrolled: returns the code on paper.
pub async fn add(core: &Core, name: &str, roles: &[(&str, Role)]) -> String {
    let new = NewOperator {
        name: name.parse().unwrap(),
        given_name: "Claire".to_owned(),
        family_name: "Guillou".to_owned(),
        email: None,
        roles: roles
            .iter()
            .map(|(lab, role)| (lab.parse().unwrap(), *role))
            .collect::<BTreeMap<LabId, Role>>(),
    };
    let issued = operators::add(core, &new, &Actor::Vestibule).await.unwrap();
    issued.code().to_string()
}

impl Colleague {
    pub fn code(&self, core: &Core) -> String {
        oathtool::code(&self.secret, core.now().unix_seconds())
    }
}

impl TestApp {
    /// One attempt at the desk's form.
    pub async fn desk_attempt(&self, browser: &mut Browser, name: &str, password: &str, code: &str) -> Page {
        let login = format!("{}/desk/login", self.portal);
        let csrf = browser.get(&login).await.field("csrf").unwrap();
        let fields = [
            ("identifier", name),
            ("password", password),
            ("code", code),
            ("csrf", &csrf),
        ];
        browser.post(&login, &fields).await
    }

    /// A browser in which the operator has signed in at the desk.
    pub async fn at_desk(&self, colleague: &Colleague) -> Browser {
        let mut browser = self.browser();
        let code = colleague.code(&self.core);
        let page = self
            .desk_attempt(&mut browser, colleague.name.as_str(), PASSWORD, &code)
            .await;
        assert_eq!((page.status.as_u16(), page.location()), (303, "/desk"), "{page:?}");
        browser
    }
}
