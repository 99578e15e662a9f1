//! Who of a list is nobody here, and what stands in a password's place.

use vestibule::leak::campaign::{self, LeakError, Shape, Unmatched, Warning};

use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;
use crate::support::patient::operator;

on_both_databases![
    who_is_not_found_is_counted_named_and_accepted_before_anything_happens,
    rows_are_no_people,
    a_digest_in_the_passwords_place_ends_in_rotation,
];

async fn who_is_not_found_is_counted_named_and_accepted_before_anything_happens(app: TestApp) {
    app.patient("P-1", "1").await;
    let lines = "P-1;soleil2020\nautre@loin.example;lune\nAUT-7;galet\nautre@loin.example;pluie\n";
    let id = app.draft(lines).await;
    let overview = campaign::overview(&app.core, &app.lab(), id).await.unwrap().unwrap();
    let unmatched = |shape, first_line, last_line| Unmatched {
        shape,
        count: 1,
        first_line,
        last_line,
    };
    let identifiers = overview.identifiers.unwrap();
    // The address stands in two lines; either is where it is.
    for line in &identifiers.unmatched {
        let places = match line.shape {
            Shape::Email => vec![unmatched(Shape::Email, 2, 2), unmatched(Shape::Email, 4, 4)],
            _ => vec![unmatched(Shape::Code, 3, 3)],
        };
        assert!(places.contains(line), "{line:?}");
    }
    assert_eq!(identifiers.unmatched.len(), 2);
    assert_eq!(
        (
            identifiers.distinct,
            identifiers.found,
            identifiers.folded,
            identifiers.not_found
        ),
        (3, 1, 0, 2)
    );
    assert!(
        overview.warnings.contains(&Warning::PartNotFound),
        "{:?}",
        overview.warnings
    );
    for accepted in [None, Some(0), Some(1), Some(3)] {
        let refused = campaign::apply_accepting(&app.core, &app.lab(), id, accepted, &operator("first")).await;
        assert!(
            matches!(
                refused,
                Err(LeakError::Unmatched {
                    not_found: 2,
                    distinct: 3
                })
            ),
            "{accepted:?}: {refused:?}"
        );
    }
    campaign::apply_accepting(&app.core, &app.lab(), id, Some(2), &operator("first"))
        .await
        .unwrap();
    app.stop().await;
}

async fn rows_are_no_people(app: TestApp) {
    app.patient("P-1", "1").await;
    let lines: String = (0..1_000).map(|number| format!("P-1;mdp{number}\n")).collect();
    let id = app.draft(&lines).await;
    let overview = campaign::overview(&app.core, &app.lab(), id).await.unwrap().unwrap();
    let identifiers = overview.identifiers.unwrap();
    assert_eq!(
        (identifiers.distinct, identifiers.found, identifiers.not_found),
        (1, 1, 0)
    );
    assert_eq!(overview.warnings, []);
    app.stop().await;
}

async fn a_digest_in_the_passwords_place_ends_in_rotation(app: TestApp) {
    app.patient("P-1", "1").await;
    app.patient("P-2", "2").await;
    let lines =
        "P-1;5f4dcc3b5aa765d61d8327deb882cf99\nP-2;$2b$12$5f4dcc3b5aa765d61d8327deb882cf995f4dcc3b5aa765d61d832\n";
    let id = app.draft(lines).await;
    let overview = campaign::overview(&app.core, &app.lab(), id).await.unwrap().unwrap();
    assert_eq!((overview.accounts.to_rotate, overview.accounts.to_tell), (2, 0));
    assert!(
        !overview.warnings.contains(&Warning::NoPasswords),
        "{:?}",
        overview.warnings
    );
    let census = overview.reading.unwrap().census;
    assert_eq!((census.with_password, census.hashed_passwords), (2, 2));
    app.stop().await;
}
