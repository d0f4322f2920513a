//! Receipts: what a gateway says of a message later. They come doubled, late and out of order, so a state moves forward
//! only.

use super::MessageState;

string_enum! {
    /// What a receipt says.
    pub enum Receipt {
        /// The gateway has handed the message on.
        Sent = "sent",
        /// The message has arrived.
        Delivered = "delivered",
        /// The person has read the message.
        Read = "read",
        /// The message did not arrive, and will not.
        Failed = "failed",
        /// The person wants no more messages of the kind over the channel. It says nothing of the message itself.
        Unsubscribed = "unsubscribed",
    }
}

/// The state after a receipt; none if the receipt says nothing new.
///
/// What arrived is no failure any more, because gateways give a message up and deliver it all the same. What failed is
/// not merely sent again.
#[must_use]
pub const fn next_state(state: MessageState, receipt: Receipt) -> Option<MessageState> {
    use MessageState as S;
    match (state, receipt) {
        (S::Queued | S::Sending | S::Unknown, Receipt::Sent) => Some(S::Sent),
        (S::Queued | S::Sending | S::Unknown | S::Sent, Receipt::Failed) => Some(S::Failed),
        (S::Queued | S::Sending | S::Unknown | S::Sent | S::Failed, Receipt::Delivered) => Some(S::Delivered),
        (S::Queued | S::Sending | S::Unknown | S::Sent | S::Failed | S::Delivered, Receipt::Read) => Some(S::Read),
        (S::Sent | S::Failed | S::Delivered | S::Read, Receipt::Sent)
        | (S::Failed | S::Delivered | S::Read, Receipt::Failed)
        | (S::Delivered | S::Read, Receipt::Delivered)
        | (S::Read, Receipt::Read)
        | (_, Receipt::Unsubscribed) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_in_any_order_end_in_the_same_state() {
        // All orders of all receipts, each of them up to twice.
        let mut ends = std::collections::BTreeSet::new();
        let n = Receipt::ALL.len();
        for code in 0..n.pow(8) {
            let order: Vec<Receipt> = (0..8).map(|place| Receipt::ALL[code / n.pow(place) % n]).collect();
            if Receipt::ALL.iter().any(|receipt| !order.contains(receipt)) {
                continue;
            }
            let end =
                order.iter().fold(MessageState::Sending, |state, &receipt| next_state(state, receipt).unwrap_or(state));
            ends.insert(end);
        }
        assert_eq!(ends.into_iter().collect::<Vec<_>>(), [MessageState::Read]);
    }

    #[test]
    fn what_was_used_is_read_as_by_a_receipt() {
        for &state in MessageState::ALL {
            let by_receipt = next_state(state, Receipt::Read) == Some(MessageState::Read);
            assert!(by_receipt || !state.is_read_by_use(), "{state}");
        }
        for state in [MessageState::Queued, MessageState::Sending, MessageState::Failed] {
            assert!(!state.is_read_by_use(), "{state} was not handed over");
        }
    }

    #[test]
    fn no_receipt_takes_a_message_back() {
        for &state in MessageState::ALL {
            for &receipt in Receipt::ALL {
                if let Some(next) = next_state(state, receipt) {
                    assert!(next.is_settled() && next > state, "{state} {receipt} {next}");
                    assert_eq!(next_state(next, receipt), None, "the same receipt again");
                }
            }
        }
    }
}
