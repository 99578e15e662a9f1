use vestibule::admin::patients::grant;
use vestibule::admin::{keyring_file, reseal};
use vestibule::crypto::jose::Algorithm;
use vestibule::crypto::totp::{Seed, Step};
use vestibule::domain::identifier::Identifier;
use vestibule::kernel::entropy::SystemEntropy;
use vestibule::service::act::Act;
use vestibule::service::signing_keys;
use vestibule::store::account::{accounts, authenticators, locked, records};

use super::stand::{PATIENTS, START, Stand, actor, events, import_file, lab, record};

#[tokio::test]
async fn after_a_rotation_every_value_moves_to_the_newest_key_once() {
    for stand in Stand::all().await {
        let core = stand.open().await;
        import_file(&core, &stand.write("p.csv", PATIENTS)).await;
        let mut tx = core.db.begin().await.unwrap();
        let index = core.record_index(&lab(), "771234");
        let owner = records::lookup_owner(&mut tx, &lab(), &index).await.unwrap().unwrap();
        let seed = Seed::generate(&SystemEntropy);
        let holder = locked::lock(&mut tx, &lab(), owner).await.unwrap();
        authenticators::bind(&mut holder.unwrap(), &core.sealer, &seed, Step::from_number(1), START)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let guardian = Identifier::parse("P-2048").unwrap();
        let ends_at = START.plus(std::time::Duration::from_secs(60));
        grant(
            Act::of(&core, &lab(), &actor()),
            &record("771234"),
            &guardian,
            "results",
            ends_at,
        )
        .await
        .unwrap();
        let signing = signing_keys::current(&core, &lab(), Algorithm::Es256).await.unwrap();
        assert_eq!(reseal::reseal(&core).await.unwrap(), 0, "nothing is old yet");

        keyring_file::rotate(&stand.path("keyring"), &SystemEntropy, START).unwrap();
        let core = stand.open().await;
        // Two persons with nine fields (one has no e-mail), three record numbers, one seed, three signing keys.
        assert_eq!(reseal::reseal(&core).await.unwrap(), 9 + 3 + 1 + 3);
        assert_eq!(reseal::reseal(&core).await.unwrap(), 0);
        assert_eq!(reseal::reseal(&core).await.unwrap(), 0, "and now it is marked as done");
        assert_eq!(events(&core).await[0], "columns-resealed");

        let again = signing_keys::current(&core, &lab(), Algorithm::Es256).await.unwrap();
        assert_eq!(again.kid(), signing.kid());
        let mut tx = core.db.begin_read().await.unwrap();
        let person = accounts::lookup_person(&mut tx, &core.sealer, &lab(), owner)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(person.family_name, "Lemaître");
        let index = core.identifier_index(&lab(), &Identifier::parse("P-1024 77").unwrap());
        let found = accounts::lookup_for_sign_in(&mut tx, &core.sealer, &lab(), &index)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.authenticator.unwrap().seed.as_bytes(), seed.as_bytes());
        let readable = records::find_readable(&mut tx, &core.sealer, &lab(), owner, START)
            .await
            .unwrap();
        assert_eq!(readable, ["771234"]);
    }
}
