//! A list in effect, on every database, and a mail server that is not ours.

use std::io::Cursor;

use vestibule::crypto::totp::{Seed, Step};
use vestibule::demo::certificate;
use vestibule::domain::identifier::Identifier;
use vestibule::domain::leak::LeakId;
use vestibule::domain::outbox::State;
use vestibule::i18n::Texts;
use vestibule::kernel::clock::{Clock, SystemClock};
use vestibule::kernel::ids::NoticeId;
use vestibule::leak::campaign::{self, List, ListDescription};
use vestibule::service::{Core, outbox};
use vestibule::store::Db;
use vestibule::store::account::{accounts, authenticators, locked};

use crate::admin::stand::{Stand, actor, import_file, lab};
use crate::support::smtp::MailServer;

pub struct Incident {
    pub stand: Stand,
    pub core: Core,
    pub server: Option<MailServer>,
    pub leak: LeakId,
    pub texts: Texts,
}

/// A person on the list.
#[derive(Clone, Copy)]
pub struct Person {
    pub identifier: &'static str,
    pub email: &'static str,
    /// Without a code app, the old password is disabled at once.
    pub has_app: bool,
    pub password: &'static str,
}

pub const fn listed(identifier: &'static str, email: &'static str) -> Person {
    Person {
        identifier,
        email,
        has_app: true,
        password: "hunter2 hunter2",
    }
}

impl Incident {
    /// `[mail]` with a server in this mode; None without one.
    pub async fn all(people: &[Person], mode: &str, mail: &str) -> Option<Vec<Self>> {
        let mut all = Vec::new();
        for stand in Stand::all().await {
            // Certificates are dated by the real clock.
            certificate::ensure(stand.folder.path(), SystemClock.now()).unwrap();
            let server = MailServer::start(mode, stand.folder.path())?;
            let ca = certificate::ensure(stand.folder.path(), SystemClock.now())
                .unwrap()
                .authority;
            let tls = if mode == "locked" { "none" } else { mode };
            stand.write_config(&format!(
                "[leak]\napproval = \"one-person\"\n[mail]\nhost = \"localhost\"\nport = {}\ntls = \"{tls}\"\n\
                 ca_file = \"{}\"\nfrom = \"labo@lab.example\"\n{mail}",
                server.port,
                ca.display(),
            ));
            all.push(Self::begin(stand, people, Some(server)).await);
        }
        Some(all)
    }

    pub async fn without_mail(people: &[Person]) -> Vec<Self> {
        let mut all = Vec::new();
        for stand in Stand::all().await {
            stand.write_config("[leak]\napproval = \"one-person\"\n");
            all.push(Self::begin(stand, people, None).await);
        }
        all
    }

    async fn begin(stand: Stand, people: &[Person], server: Option<MailServer>) -> Self {
        let core = stand.open().await;
        let mut patients = "record,identifier,email,birth_date,given_name,family_name\n".to_owned();
        let mut list = String::new();
        for (number, person) in people.iter().enumerate() {
            let Person {
                identifier,
                email,
                password,
                ..
            } = person;
            patients += &format!("77{number},{identifier},{email},1944-05-12,Odette,Lemaître {number}\n");
            list += &format!("{identifier};{password}\n");
        }
        import_file(&core, &stand.write("patients.csv", patients)).await;
        for person in people.iter().filter(|person| person.has_app) {
            give_app(&core, person.identifier).await;
        }
        let list = List::Stream {
            name: "list".to_owned(),
            length: list.len() as u64,
            read: Box::new(Cursor::new(list.into_bytes())),
        };
        let about = ListDescription {
            source: "forum".to_owned(),
            aware_at: None,
            mapping: Some("identifier=1,password=2".to_owned()),
        };
        let leak = campaign::draft(&core, &lab(), list, about, &actor(), &mut |_| {})
            .await
            .unwrap();
        campaign::apply(&core, &lab(), leak, &actor()).await.unwrap();
        campaign::settle(&core, &lab(), leak, &mut |_| {}).await.unwrap();
        Self {
            stand,
            core,
            server,
            leak,
            texts: Texts::load().unwrap(),
        }
    }

    pub fn server(&self) -> &MailServer {
        self.server.as_ref().unwrap()
    }

    pub async fn send(&self) -> u64 {
        outbox::send_due(&self.core, &self.texts).await.unwrap()
    }

    /// How many tellings stand in this state.
    pub async fn count(&self, state: State) -> u64 {
        let mut tx = self.core.db.begin_read().await.unwrap();
        let counts = vestibule::store::telling::outbox::count(&mut tx, &lab(), self.leak)
            .await
            .unwrap();
        counts
            .iter()
            .filter(|(_, of, _)| *of == state)
            .map(|(_, _, count)| count)
            .sum()
    }

    /// Takes a mail as a sender does that is killed then.
    pub async fn claim_and_die(&self) {
        let mut tx = self.core.db.begin().await.unwrap();
        let notice = NoticeId::generate(&*self.core.entropy);
        let claimed = vestibule::store::telling::outbox::claim(&mut tx, notice, 1, self.core.now())
            .await
            .unwrap();
        assert!(claimed.is_some());
        tx.commit().await.unwrap();
    }

    /// Failures of the mail server in a row, and the last of them.
    pub async fn met_server(&self) -> (u32, Option<String>) {
        let mut tx = self.core.db.begin_read().await.unwrap();
        vestibule::store::telling::outbox::lookup_server(&mut tx).await.unwrap()
    }

    /// What is stored in clear beside the first message.
    pub async fn answer(&self) -> Option<String> {
        const SQL: &str = "SELECT answer FROM outbox";
        match &self.core.db {
            Db::Sqlite { writer, .. } => sqlx::query_scalar(SQL).fetch_one(writer).await.unwrap(),
            Db::Postgres(pool) => sqlx::query_scalar(SQL).fetch_one(pool).await.unwrap(),
        }
    }

    /// The same installation with another configuration.
    pub async fn reopen(&mut self, change: impl FnOnce(String) -> String) {
        let text = std::fs::read_to_string(self.stand.path("vestibule.toml")).unwrap();
        self.stand.write("vestibule.toml", change(text));
        self.core = self.stand.open().await;
    }
}

async fn give_app(core: &Core, identifier: &str) {
    let mut tx = core.db.begin().await.unwrap();
    let index = core.identifier_index(&lab(), &Identifier::parse(identifier).unwrap());
    let found = accounts::lookup_imported(&mut tx, &lab(), &index)
        .await
        .unwrap()
        .unwrap();
    let seed = Seed::generate(&*core.entropy);
    let step = Step::from_number(0);
    let holder = locked::lock(&mut tx, &lab(), found.account).await.unwrap();
    authenticators::bind(&mut holder.unwrap(), &core.sealer, &seed, step, core.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
}
