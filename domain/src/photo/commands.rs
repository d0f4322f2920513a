//! The commands with a photo, one row each.

use super::PhotoState as S;
use crate::command::Act;
use crate::event::{Audience, EventName as E};
use crate::party::Role as R;

command_table! {
    /// A command with a photo.
    pub enum PhotoCommand on S {
        /// Announce a photo whose bytes follow.
        Declare = "DECLARE" {
            // The command makes the photo.
            states: &[],
            mutations: &["photoUploadCreate"],
            roles: R::ALL,
            event: E::PhotoDeclared,
            audience: Audience::Staff,
            act: Act::OnDefect,
            shows_presence: true,
            needs_connection: false,
        }
        /// Draw on it, or take the drawing off.
        Mark = "MARK" {
            states: &[S::Ready],
            mutations: &["photoMark"],
            roles: R::ALL,
            event: E::PhotoMarked,
            audience: Audience::Staff,
            act: Act::OnDefect,
            shows_presence: false,
            needs_connection: false,
        }
        /// Withdraw a slip, with a reason.
        Withdraw = "WITHDRAW" {
            states: &[
                S::Declared, S::Received, S::Ready, S::Rejected, S::Kept, S::WrittenOff,
                // Again is no error.
                S::Withdrawn,
            ],
            mutations: &["photoWithdraw"],
            roles: R::ALL,
            event: E::PhotoWithdrawn,
            audience: Audience::Staff,
            act: Act::OnDefect,
            shows_presence: false,
            needs_connection: false,
        }
        /// Move it to the defect and the stage where it belongs.
        Update = "UPDATE" {
            states: &[S::Declared, S::Received, S::Ready, S::Rejected, S::Kept, S::WrittenOff],
            mutations: &["photoUpdate"],
            roles: R::ALL,
            event: E::PhotoUpdated,
            audience: Audience::Staff,
            act: Act::OnDefect,
            shows_presence: false,
            needs_connection: false,
        }
        /// Say that it will not arrive any more.
        WriteOff = "WRITE_OFF" {
            states: &[
                // A rejected photo may be uploaded again; written off, it is not waited for.
                S::Declared, S::Rejected,
                // Again is no error.
                S::WrittenOff,
            ],
            mutations: &["photoWriteOff"],
            roles: &[R::DeliveryManager],
            event: E::PhotoWrittenOff,
            audience: Audience::Staff,
            act: Act::OnDefect,
            shows_presence: false,
            needs_connection: true,
        }
        /// Read the original of a photo of another company or of an owner, with a reason.
        ReadOriginal = "READ_ORIGINAL" {
            // A rejected photo only if its bytes are a picture.
            states: &[S::Ready, S::Kept, S::Withdrawn, S::Rejected],
            mutations: &["photoOriginalRead"],
            roles: &[R::DeliveryManager],
            event: E::PhotoOriginalRead,
            audience: Audience::Staff,
            act: Act::None,
            shows_presence: false,
            needs_connection: true,
        }
    }
}
