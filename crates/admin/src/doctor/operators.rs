//! Whether those who act on leaks can be phished.

use super::Check;
use config::{Config, SecurityPasskey};
use store::account::passkeys;
use store::{Db, StoreFault};

const NAME: &str = "passkeys of operators";

pub(super) async fn examine(config: &Config, db: &Db) -> Result<Check, StoreFault> {
    let mut tx = db.begin_read().await?;
    let without = passkeys::count_security_without(&mut tx).await?;
    tx.commit().await?;
    let remedy = "ask them to sign in at the desk and add one there";
    Ok(match (without, config.operator.security_passkey) {
        (0, _) => Check::ok(NAME, "every operator with the role security has one"),
        (number, SecurityPasskey::Required) => Check::warning(
            NAME,
            format!("{number} operators with the role security have none, and can only act as the desk until they do"),
            remedy,
        ),
        (number, SecurityPasskey::Offered) => Check::warning(
            NAME,
            format!("{number} operators with the role security have none: their codes can be phished"),
            format!("{remedy}, and set [operator] security_passkey = \"required\""),
        ),
    })
}
