//! The ways to show who one is. What differs from door to door is said here, and only here.

use domain::audit::{Event, ProviderCause, RefusalCause};
use kernel::ids::ProviderId;
use machinery::metrics::AttemptDoor;

#[derive(Clone, Copy, Debug)]
pub enum Door<'a> {
    /// Identifier, password and code.
    SignIn,
    /// Identifier, code and recovery code.
    Recovery,
    Passkey,
    /// An identity that the provider showed.
    Provider(&'a ProviderId),
    /// The code of the authenticator beside an identity for which the provider showed one factor.
    ProviderCode(&'a ProviderId),
    /// A mailed link, the birth date and the password of the LIS.
    Invitation,
    /// A lab code and the birth date.
    Activation,
    /// A signed-in person proves again who they are.
    StepUp,
    /// The recovery code that a held sign-in wants beside a new password.
    Rotation,
    /// The code of an operator who acts on the command line or confirms an act at the desk.
    Operator,
}

impl Door<'_> {
    /// How the trail names a refusal here.
    pub(super) fn refusal(self, cause: RefusalCause) -> Event {
        match self {
            Self::SignIn | Self::Passkey | Self::Operator => Event::SignInRefused { cause },
            Self::Recovery | Self::Rotation => Event::RecoveryRefused { cause },
            Self::Provider(provider) | Self::ProviderCode(provider) => Event::ProviderRefused {
                provider: Some(provider.clone()),
                cause: provider_cause(cause),
            },
            Self::Invitation | Self::Activation => Event::ActivationRefused,
            Self::StepUp => Event::StepUpRefused { cause },
        }
    }

    pub(super) fn label(self) -> AttemptDoor {
        match self {
            Self::SignIn => AttemptDoor::sign_in,
            Self::Recovery => AttemptDoor::recovery,
            Self::Passkey => AttemptDoor::passkey,
            Self::Provider(_) => AttemptDoor::provider,
            Self::ProviderCode(_) => AttemptDoor::provider_code,
            Self::Invitation => AttemptDoor::invitation,
            Self::Activation => AttemptDoor::activation,
            Self::StepUp => AttemptDoor::step_up,
            Self::Rotation => AttemptDoor::rotation,
            Self::Operator => AttemptDoor::operator,
        }
    }

    /// Whether it leads in, or to a hold: these make up `vestibule_sign_ins_total`.
    pub(super) fn signs_in(self) -> bool {
        match self {
            Self::SignIn | Self::Recovery | Self::Passkey | Self::Provider(_) | Self::ProviderCode(_) => true,
            Self::Invitation | Self::Activation | Self::StepUp | Self::Rotation | Self::Operator => false,
        }
    }

    /// Whether a stranger can guess at codes of the authenticator here. Where a signature, a session or a sheet of
    /// paper comes first, no one can.
    pub(super) fn can_be_besieged(self) -> bool {
        matches!(self, Self::SignIn | Self::Recovery)
    }
}

fn provider_cause(cause: RefusalCause) -> ProviderCause {
    match cause {
        RefusalCause::WrongCode => ProviderCause::WrongCode,
        RefusalCause::CodeUsedUp => ProviderCause::CodeUsedUp,
        RefusalCause::TooManyInARow => ProviderCause::TooManyInARow,
        RefusalCause::UnknownIdentifier
        | RefusalCause::NotActive
        | RefusalCause::WrongPassword
        | RefusalCause::WrongRecoveryCode => ProviderCause::NotActive,
    }
}
