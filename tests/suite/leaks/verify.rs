//! Confirmed reuse, or listed only.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::PathBuf;

use futures_util::FutureExt;
use vestibule::leak::campaign::{self, LeakError, Share, VerifyCounts};
use vestibule::service::act::Act;

use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;
use crate::support::patient::{PASSWORD, operator};

on_both_databases![
    a_second_pass_tells_confirmed_reuse_from_listed_only,
    a_second_pass_that_was_cut_off_goes_on_and_hashes_nothing_twice,
];

const SHARE: Share = Share {
    threads: 2,
    of_each: 1.0,
};

async fn a_second_pass_tells_confirmed_reuse_from_listed_only(app: TestApp) {
    for number in ["1", "2", "3"] {
        app.patient(&format!("P-{number}"), number).await;
    }
    // One reuses the last of its three passwords, one a variant, one does not.
    let list = format!("P-1;premier\nP-1;deuxieme\nP-1;{PASSWORD}\nP-2; {PASSWORD} \nP-3;autre\nP-9;{PASSWORD}\n");
    let id = app.leak(&list).await;
    let (core, lab) = (&app.core, app.lab());
    let file = |text: &str| -> PathBuf {
        let path = app.directory.path().join("list.csv");
        std::fs::write(&path, text).unwrap();
        path
    };
    let actor = operator("first");
    let other = campaign::verify(Act::of(core, &lab, &actor), id, &file("P-1;x\n"), SHARE, &mut |_| {}).await;
    assert!(matches!(other, Err(LeakError::OtherFile)));
    let path = file(&list);
    let verified = campaign::verify(Act::of(core, &lab, &actor), id, &path, SHARE, &mut |_| {})
        .await
        .unwrap();
    assert_eq!(
        verified,
        VerifyCounts {
            checked: 5,
            confirmed: 2
        }
    );
    let overview = campaign::overview(core, &lab, id).await.unwrap().unwrap();
    assert_eq!((overview.accounts.confirmed, overview.accounts.listed_only), (2, 1));
    assert!(overview.verified_at.is_some());
    let again = campaign::verify(Act::of(core, &lab, &actor), id, &path, SHARE, &mut |_| {})
        .await
        .unwrap();
    assert_eq!(
        again,
        VerifyCounts {
            checked: 1,
            confirmed: 0
        },
        "what is confirmed is not asked again"
    );
    app.stop().await;
}

async fn a_second_pass_that_was_cut_off_goes_on_and_hashes_nothing_twice(app: TestApp) {
    for number in ["1", "2", "3"] {
        app.patient(&format!("P-{number}"), number).await;
    }
    let strangers = |from: u32| {
        (from..from + 450)
            .map(|number| format!("Q-{number};mdp{number}\n"))
            .collect::<String>()
    };
    let list = format!(
        "P-1;{PASSWORD}\nP-2;autre\n{}P-3;{PASSWORD}\n{}",
        strangers(0),
        strangers(500)
    );
    let id = app.leak(&list).await;
    let path = app.directory.path().join("list.csv");
    std::fs::write(&path, &list).unwrap();
    let (core, lab, actor) = (&app.core, app.lab(), operator("first"));
    let before = core.metrics.password_hashes();
    // Cut off between two stretches, however fast the next one would come.
    let mut cut = |_| resume_unwind(Box::new("cut off"));
    let pass = campaign::verify(Act::of(core, &lab, &actor), id, &path, SHARE, &mut cut);
    let ended = AssertUnwindSafe(pass).catch_unwind().await;
    assert!(ended.is_err(), "it was not cut off");
    assert_eq!(core.metrics.password_hashes() - before, 2, "the first stretch is done");

    let verified = campaign::verify(Act::of(core, &lab, &actor), id, &path, SHARE, &mut |_| {})
        .await
        .unwrap();
    assert_eq!(
        verified,
        VerifyCounts {
            checked: 3,
            confirmed: 2
        },
        "both parts together"
    );
    assert_eq!(core.metrics.password_hashes() - before, 3);
    app.stop().await;
}
