//! Anyone who holds the list may try to redirect another person's messages.

use std::io::Cursor;
use std::time::Duration;

use vestibule::leak::campaign::{self, List, ListDescription};

use crate::admin::stand::{Stand, import_file, lab};
use crate::support::patient::operator;

const HEADER: &str = "record,identifier,email,birth_date,given_name,family_name\n";

#[actix_web::test]
async fn for_a_week_no_import_changes_the_address_of_a_listed_account() {
    for stand in Stand::all().await {
        let core = stand.open().await;
        let patients = |email: &str, name: &str| {
            let listed = format!("1,P-1,{email},1944-05-12,Odette,{name}\n");
            stand.write(
                "p.csv",
                format!("{HEADER}{listed}2,P-2,{email},1950-01-02,Jean,Petit\n"),
            )
        };
        let file = patients("a@example.org", "Le Goff");
        assert_eq!(import_file(&core, &file).await.0.added, 2);
        let lines = "P-1;soleil2020\nP-3;lune2020\n";
        let list = List::Stream {
            name: "list".to_owned(),
            length: lines.len() as u64,
            read: Box::new(Cursor::new(lines)),
        };
        let about = ListDescription {
            source: "test".to_owned(),
            aware_at: None,
            mapping: Some("identifier=1,password=2".to_owned()),
        };
        let newcomers = format!("{HEADER}3,P-3,c@example.org,1960-01-02,Yann,Petit\n");
        let id = campaign::draft(&core, &lab(), list, about, &operator("first"), &mut |_| {})
            .await
            .unwrap();
        import_file(&core, &stand.write("n.csv", newcomers)).await;
        campaign::apply(&core, &lab(), id, &operator("first")).await.unwrap();
        campaign::approve(&core, &lab(), id, &operator("second")).await.unwrap();

        let overview = campaign::overview(&core, &lab(), id).await.unwrap().unwrap();
        assert_eq!(
            overview.accounts.found, 2,
            "who was imported after the dry run is found, too"
        );

        let (report, bad) = import_file(&core, &patients("b@example.org", "Le Goff")).await;
        assert_eq!(
            (report.updated, report.refused),
            (1, 1),
            "the other patient is not concerned"
        );
        assert!(
            bad[0].reason.to_string().contains("contact_freeze_days"),
            "{}",
            bad[0].reason
        );
        let (report, _) = import_file(&core, &patients("a@example.org", "Legoff")).await;
        assert_eq!(report.refused, 0, "a name may be mended");
        stand.advance(Duration::from_secs(7 * 86_400));
        let (report, _) = import_file(&core, &patients("b@example.org", "Legoff")).await;
        assert_eq!((report.updated, report.refused), (2, 0));
        core.db.close().await;
    }
}
