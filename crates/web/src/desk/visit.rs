//! Who asks, and whether their role in this lab reaches what they ask for.

use actix_web::{HttpRequest, HttpResponse};

use crate::entrance::signed_in;
use crate::kit::context::with_portal;
use crate::kit::{App, Context, Failure};
use crate::pages::Stay;
use admin::alerts::{self, Whose};
use admin::operators;
use auth::session::Trigger;
use config::SecurityPasskey;
use domain::alert::Alert;
use domain::audit::{DeskCause, Event};
use domain::evidence::Means;
use domain::leak::LeakId;
use domain::operator::{Operator, Role};
use domain::session::Session;
use kernel::ids::AlertId;
use leak::campaign::{self, LeakError};
use service::audit;

#[derive(Debug)]
pub struct Visit {
    pub operator: Operator,
    /// They have the role `security` here, and this session is not enough for it.
    pub is_limited: bool,
    session: Session,
}

impl Visit {
    fn of(context: &Context<'_>, operator: Operator, session: Session) -> Self {
        let required = context.app.core.config.operator.security_passkey == SecurityPasskey::Required;
        let is_limited = required && session.means != Means::Passkey && operator.may(context.lab(), Role::Security);
        Self {
            operator: if is_limited {
                operator.at_the_desk_only()
            } else {
                operator
            },
            is_limited,
            session,
        }
    }

    pub fn stay(&self, context: &Context<'_>) -> Stay {
        let core = &context.app.core;
        Stay::of(&self.session, core.lifetime(context.realm()), core.now())
    }

    pub fn may(&self, context: &Context<'_>, role: Role) -> bool {
        self.operator.may(context.lab(), role)
    }
}

/// Answers those whose role in this lab is `role` or more. Without any role here the page does not exist; without
/// enough of one it says so. Both are recorded in the lab's trail.
pub async fn with_operator(
    app: &App,
    request: &HttpRequest,
    role: Role,
    asked: Trigger,
    work: impl AsyncFnOnce(&mut Context<'_>, &Visit) -> Result<HttpResponse, Failure>,
) -> HttpResponse {
    with_portal(app, request, async |context| {
        let Some(session) = signed_in::current_asked(context, asked).await? else {
            return signed_in::sign_in_first(context).await;
        };
        // Disabled in this moment: their sessions are ending.
        let Some(operator) = operators::lookup(&app.core, session.account).await? else {
            return signed_in::sign_in_first(context).await;
        };
        let visit = Visit::of(context, operator, session);
        if !visit.may(context, Role::Desk) {
            refused(context, &visit, DeskCause::NoRole).await?;
            return Err(Failure::NotFound);
        }
        if !visit.may(context, role) {
            refused(context, &visit, DeskCause::Role).await?;
            return Err(Failure::RoleNeeded);
        }
        work(context, &visit).await
    })
    .await
}

/// As [`with_operator`], for the role `security` and what a person asks for themselves.
pub async fn with_security(
    app: &App,
    request: &HttpRequest,
    work: impl AsyncFnOnce(&mut Context<'_>, &Visit) -> Result<HttpResponse, Failure>,
) -> HttpResponse {
    with_operator(app, request, Role::Security, Trigger::Person, work).await
}

pub async fn refused(context: &Context<'_>, visit: &Visit, cause: DeskCause) -> Result<(), Failure> {
    let (core, actor) = (&context.app.core, visit.operator.actor());
    Ok(audit::record_alone(core, context.lab(), &actor, None, Event::DeskRefused { cause }).await?)
}

/// A number of this lab, or none at all: what another lab has does not exist here, and the trail says who asked.
pub async fn known_leak(context: &Context<'_>, visit: &Visit, id: &str) -> Result<LeakId, Failure> {
    let id: LeakId = id.parse().map_err(|_| Failure::NotFound)?;
    match campaign::lab_of(&context.app.core, id).await {
        Ok(lab) if lab == *context.lab() => Ok(id),
        Ok(_) | Err(LeakError::UnknownLab) => {
            refused(context, visit, DeskCause::OtherLab).await?;
            Err(Failure::NotFound)
        }
        Err(LeakError::Store(fault)) => Err(fault.into()),
        Err(_) => Err(Failure::NotFound),
    }
}

/// As [`known_leak`].
pub async fn known_alert(context: &Context<'_>, visit: &Visit, id: &str) -> Result<Alert, Failure> {
    let id = id.parse::<AlertId>().map_err(|_| Failure::NotFound)?;
    match alerts::lookup(&context.app.core, context.lab(), id).await? {
        Some(Whose::Own(alert)) => Ok(*alert),
        Some(Whose::Other) => {
            refused(context, visit, DeskCause::OtherLab).await?;
            Err(Failure::NotFound)
        }
        None => Err(Failure::NotFound),
    }
}
