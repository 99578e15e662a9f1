//! Glewlwyd and its users.

use std::time::Duration;

use serde_json::json;
use sqlx::Connection as _;

use super::peer::{Link, Peer, Verdict};
use super::support::PASSWORD;
use super::support::client::Answer;
use super::support::glewlwyd::{self, post};

const USERS: usize = 40;

pub struct Glewlwyd {
    installed: glewlwyd::Glewlwyd,
    iterations: String,
}

impl Glewlwyd {
    /// # Errors
    /// What is not installed.
    pub async fn start() -> Result<Self, &'static str> {
        let installed = glewlwyd::Glewlwyd::start().await?;
        make_users(&installed).await;
        let mut connection = installed.database().await;
        let (stored,): (String,) =
            sqlx::query_as("SELECT guw_password FROM g_user_password ORDER BY gu_id DESC LIMIT 1")
                .fetch_one(&mut connection)
                .await
                .unwrap();
        connection.close().await.unwrap();
        Ok(Self {
            installed,
            iterations: stored
                .split_once(',')
                .map_or("?", |(_, iterations)| iterations)
                .to_owned(),
        })
    }

    async fn sign_in(&self, link: &mut Link, user: &str, password: &str) -> std::io::Result<Answer> {
        let body = json!({ "username": user, "password": password }).to_string();
        link.connection
            .exchange(&post(self.installed.port, "auth/", "", &body))
            .await
    }
}

/// Through its own API, so that their passwords are stored as it stores them by default.
async fn make_users(installed: &glewlwyd::Glewlwyd) {
    let mut administrator = installed.administrator().await;
    for number in 0..USERS {
        let user = json!({
            "username": user(number), "name": "Odette", "password": PASSWORD, "enabled": true, "scope": ["g_profile"],
        });
        administrator.make("user/?source=database", &user).await;
    }
}

fn user(number: usize) -> String {
    format!("p{}", 100_000 + number % USERS)
}

impl Peer for Glewlwyd {
    fn name(&self) -> String {
        "Glewlwyd".to_owned()
    }

    fn note(&self) -> String {
        format!(
            "passwords: PBKDF2, {} iterations, its default; it logs failures for a program beside it and slows nobody",
            self.iterations
        )
    }

    fn cpu(&self) -> Duration {
        self.installed.server.cpu()
    }

    async fn connect(&self) -> std::io::Result<Link> {
        let connection = self.installed.client.connect().await?;
        Ok(Link {
            connection,
            token: None,
        })
    }

    async fn wrong(&self, link: &mut Link, number: usize, known: bool) -> std::io::Result<Verdict> {
        let name = if known { user(number) } else { format!("q{number}") };
        Ok(Verdict::of(&self.sign_in(link, &name, "a wrong password").await?))
    }

    async fn right(&self, link: &mut Link, number: usize) -> std::io::Result<Verdict> {
        let answer = self.sign_in(link, &user(number), PASSWORD).await?;
        Ok(match answer.status {
            200 => Verdict::SignedIn,
            _ => Verdict::of(&answer),
        })
    }
}
