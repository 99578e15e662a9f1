//! One test, two databases: everything that touches the store is asked of SQLite and of PostgreSQL.

/// Makes `sqlite::NAME` and `postgres::NAME` of every `async fn NAME(app: TestApp)` named.
macro_rules! on_both_databases {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[actix_web::test]
            async fn $test() {
                if !crate::support::oathtool::present() {
                    return;
                }
                super::$test(crate::support::app::TestApp::start().await).await;
            })+
        }

        mod postgres {
            $(#[actix_web::test]
            async fn $test() {
                let Some(url) = crate::support::postgres::create_database().await else { return };
                if !crate::support::oathtool::present() {
                    return;
                }
                super::$test(crate::support::app::TestApp::on(&url).await).await;
            })+
        }
    };
}

pub(crate) use on_both_databases;
