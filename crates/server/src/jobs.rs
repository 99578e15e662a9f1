//! Repeated background work; each job survives its own failures.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Data;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::certificates::Certificates;
use crate::connections::Connections;
use admin::reseal;
use domain::siege::REMEMBERED;
use kernel::clock::Timestamp;
use leak::campaign;
use oidc::authorize::ASKED_LASTS;
use oidc::backchannel_logout;
use service::known_passwords::KnownPasswords;
use service::{Core, Fault, alerts, outbox, siege, signing_keys};
use store::StoreFault;
use store::purge::Ends;
use web::kit::App;

const CONNECTIONS_EVERY: Duration = Duration::from_secs(1);
const CERTIFICATES_EVERY: Duration = Duration::from_secs(5);
const CORPUS_EVERY: Duration = Duration::from_secs(5);
const MEMORY_EVERY: Duration = Duration::from_secs(60);
const DATABASE_EVERY: Duration = Duration::from_secs(300);
/// So that a campaign that a kill cut off continues, and what its time brings happens.
const LEAKS_EVERY: Duration = Duration::from_secs(5);
/// So that every server soon knows what all of them counted.
const SIEGES_EVERY: Duration = Duration::from_secs(3);
/// So that every server soon publishes the keys that any of them signs with.
const SIGNING_KEYS_EVERY: Duration = Duration::from_secs(3);
const MAIL_EVERY: Duration = Duration::from_secs(5);
const CLIENTS_EVERY: Duration = Duration::from_secs(2);
const ALERTS_EVERY: Duration = Duration::from_secs(2);
/// After a rotation of the keyring, which needs a restart to be known.
const RESEAL_EVERY: Duration = Duration::from_secs(3600);
/// Failures on identifiers that exist nowhere count for a day, as they do for those that exist.
const STRANGERS_KEPT: Duration = Duration::from_secs(48 * 3600);

pub fn start(core: &Core, app: Data<App>, certificates: Arc<Certificates>) -> Vec<JoinHandle<()>> {
    let (purged, resealed, followed) = (core.clone(), core.clone(), core.clone());
    let (mailed, tracked) = (app.clone(), core.clone());
    let alerts = look_after_alerts(app.clone());
    let mut jobs = vec![
        reload_corpus(Arc::clone(&core.known_passwords)),
        every(CERTIFICATES_EVERY, move || {
            let certificates = Arc::clone(&certificates);
            async move { certificates.reload() }
        }),
        every(MEMORY_EVERY, move || {
            let app = app.clone();
            async move { app.throttle.forget_quiet() }
        }),
        every(DATABASE_EVERY, move || {
            let core = purged.clone();
            async move {
                if let Err(fault) = delete_what_is_over(&core).await {
                    tracing::warn!(%fault, "what is over was not deleted; the next turn tries again");
                }
            }
        }),
        every(LEAKS_EVERY, move || {
            let core = followed.clone();
            async move {
                if let Err(fault) = campaign::follow_up(&core).await {
                    tracing::warn!(%fault, "a leak was not followed up; the next turn goes on");
                }
            }
        }),
        every(SIEGES_EVERY, move || {
            let core = tracked.clone();
            async move {
                if let Err(fault) = siege::turn(&core).await {
                    tracing::warn!(%fault, "sieges were not judged; the next turn tries again");
                }
            }
        }),
        every(MAIL_EVERY, move || {
            let app = mailed.clone();
            async move {
                if let Err(fault) = mail(&app).await {
                    tracing::warn!(%fault, "mail was not sent or not read; the next turn goes on");
                }
            }
        }),
        every(RESEAL_EVERY, move || {
            let core = resealed.clone();
            async move {
                if let Err(fault) = reseal::reseal(&core).await {
                    tracing::warn!(%fault, "columns were not sealed anew; the next turn tries again");
                }
            }
        }),
    ];
    jobs.extend(alerts);
    jobs.push(look_after_signing_keys(core.clone()));
    jobs.push(tell_clients(core.clone()));
    jobs
}

/// Clients of sessions that ended are told soon.
fn tell_clients(core: Core) -> JoinHandle<()> {
    let seen_until = Arc::new(tokio::sync::Mutex::new(Timestamp::from_micros(0)));
    every(CLIENTS_EVERY, move || {
        let (core, seen_until) = (core.clone(), Arc::clone(&seen_until));
        async move {
            let mut seen_until = seen_until.lock().await;
            match backchannel_logout::turn(&core, *seen_until).await {
                Ok(until) => *seen_until = until,
                Err(fault) => tracing::warn!(%fault, "clients were not told of sign-outs; the next turn goes on"),
            }
        }
    })
}

/// Telling is separate, so that a slow receiver does not keep alerts from being raised.
fn look_after_alerts(app: Data<App>) -> [JoinHandle<()>; 2] {
    let told = app.clone();
    [
        every(ALERTS_EVERY, move || {
            let app = app.clone();
            async move {
                if let Err(fault) = alerts::turn(&app.core).await {
                    tracing::warn!(%fault, "alerts were not looked after; the next turn goes on");
                }
            }
        }),
        every(ALERTS_EVERY, move || {
            let app = told.clone();
            async move {
                if let Err(fault) = alerts::deliver_due(&app.core, &app.texts).await {
                    tracing::warn!(%fault, "alerts were not delivered; the next turn goes on");
                }
            }
        }),
    ]
}

fn look_after_signing_keys(core: Core) -> JoinHandle<()> {
    every(SIGNING_KEYS_EVERY, move || {
        let core = core.clone();
        async move {
            if let Err(fault) = signing_keys::turn(&core).await {
                tracing::warn!(%fault, "signing keys were not looked after; the next turn goes on");
            }
        }
    })
}

/// Connections that stand still are cut.
pub fn cut_stalled(connections: Arc<Connections>) -> JoinHandle<()> {
    every(CONNECTIONS_EVERY, move || {
        let connections = Arc::clone(&connections);
        async move { connections.look_around() }
    })
}

fn reload_corpus(known: Arc<KnownPasswords>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let checked = Arc::clone(&known);
        apart(move || checked.check()).await;
        let mut ticks = interval(CORPUS_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let known = Arc::clone(&known);
            apart(move || known.reload()).await;
        }
    })
}

/// Reading gigabytes is no work for a thread that answers requests, nor one that a shutdown should wait for.
async fn apart(work: impl FnOnce() + Send + 'static) {
    let (done, ended) = oneshot::channel();
    let named = std::thread::Builder::new().name("corpus".to_owned());
    let started = named.spawn(move || {
        work();
        let _ = done.send(());
    });
    match started {
        // An error is a panic of the work, which has been reported.
        Ok(_) => drop(ended.await),
        Err(error) => tracing::warn!(%error, "no thread for the corpus; the next turn tries again"),
    }
}

fn every<F, W>(period: Duration, work: F) -> JoinHandle<()>
where
    F: Fn() -> W + Send + 'static,
    W: Future<Output = ()> + Send + 'static,
{
    tokio::spawn(async move {
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            work().await;
        }
    })
}

async fn mail(app: &App) -> Result<(), Fault> {
    outbox::bounces::read_bounces(&app.core).await?;
    outbox::send_due(&app.core, &app.texts).await?;
    Ok(())
}

async fn delete_what_is_over(core: &Core) -> Result<(), StoreFault> {
    let ends = Ends {
        now: core.now(),
        devices_used_since: core.devices_used_since(),
        strangers_kept: STRANGERS_KEPT,
        asked_lasts: ASKED_LASTS,
        sieges_since: core.now().minus(REMEMBERED),
    };
    let mut tx = core.db.begin().await?;
    store::delete_what_is_over(&mut tx, ends).await?;
    tx.commit().await
}
