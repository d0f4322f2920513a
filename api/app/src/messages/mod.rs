//! Messages to people: the outbox, which a use case writes in the transaction of its cause, and the sender, which
//! empties it. A message is sent once, or listed as one of which nobody knows.

mod address;
mod enqueue;
pub mod gc;
mod notifier;
pub mod preferences;
pub mod read;
pub mod receipts;
pub mod resolve;
mod send;
mod sender;
pub mod unsubscribe;
pub(crate) mod words;

pub(crate) use address::find_address_for;
pub use address::{Address, find_address};
pub use enqueue::{ChannelChoice, Enqueued, NewMessage, Recipient, enqueue};
pub use notifier::MessageNotifier;
pub use send::send_due;
pub use sender::MessageSender;
