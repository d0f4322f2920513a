//! The bits of a JPEG scan, without the zeros that are stuffed after each 0xFF.

/// The maximum number of bytes after the last pixels of a complete scan.
const MOST_REST: usize = 8;

/// Reads bits, the highest first, up to the next restart marker or the end of the scan. After it come zeros, which are
/// counted.
///
/// Small and copied on purpose: a copy stays in registers while a block is read.
#[derive(Clone, Copy)]
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The next bits, from the highest down.
    word: u64,
    /// The number of valid bits.
    count: u32,
    /// The number of padding bits among them, at the lower end.
    made_up: u32,
    /// The number of invalid codes.
    faults: u32,
}

/// The result of a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Restart {
    /// The marker was found.
    Here,
    /// The bits up to a later restart are lost.
    Later,
}

/// Whether one of the eight bytes is 0xFF.
fn has_marker(word: u64) -> bool {
    let inverse = !word;
    inverse.wrapping_sub(0x0101_0101_0101_0101) & word & 0x8080_8080_8080_8080 != 0
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, word: 0, count: 0, made_up: 0, faults: 0 }
    }

    /// Fills the register with at least 32 bits: enough for a code and its value.
    #[inline(always)]
    pub(super) fn fill(&mut self) {
        if self.count < 32 {
            self.fill_up();
        }
    }

    #[inline(always)]
    fn fill_up(&mut self) {
        if let Some(next) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk) {
            let next = u64::from_be_bytes(*next);
            if !has_marker(next) {
                self.word |= next >> self.count;
                self.at += ((63 - self.count) >> 3) as usize;
                self.count |= 56;
                return;
            }
        }
        *self = self.filled_slowly();
    }

    #[cold]
    #[inline(never)]
    fn filled_slowly(mut self) -> Self {
        // The remainder of a byte that the fast path did not count.
        self.word &= !(u64::MAX >> self.count);
        while self.count <= 56 {
            let byte = match self.bytes.get(self.at..) {
                Some([0xFF, 0, ..]) => {
                    self.at += 2;
                    0xFF
                }
                // Padding before a marker.
                Some([0xFF, 0xFF, ..]) => {
                    self.at += 1;
                    continue;
                }
                Some([0xFF, 0xD0..=0xD7, ..] | [0xFF] | []) | None => {
                    self.made_up = self.made_up.saturating_add(8);
                    0
                }
                Some(&[byte, ..]) => {
                    // A marker before the end of the scan is damage.
                    self.faults += u32::from(byte == 0xFF);
                    self.at += 1;
                    byte
                }
            };
            self.word |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
        self
    }

    /// The next bits, without consuming them.
    #[inline(always)]
    pub(super) fn peek(&self, count: u32) -> usize {
        // At most 16 bits.
        (self.word >> (64 - count)) as usize
    }

    #[inline(always)]
    pub(super) fn skip(&mut self, count: u32) {
        self.word <<= count;
        self.count = self.count.wrapping_sub(count);
    }

    /// The next bits, at most 16.
    #[inline(always)]
    pub(super) fn take(&mut self, count: u32) -> usize {
        self.fill();
        let bits = if count == 0 { 0 } else { self.peek(count) };
        self.skip(count);
        bits
    }

    /// A signed number of this many bits, 1 to 15, as JPEG writes it: without a leading one it is negative.
    #[inline(always)]
    pub(super) fn signed(&mut self, count: u32) -> i32 {
        let bits = self.peek(count) as i32;
        self.skip(count);
        extend(bits, count)
    }

    /// Counts an invalid code.
    pub(super) fn spoil(&mut self) {
        self.faults = self.faults.saturating_add(1);
    }

    /// Whether an invalid code was read.
    pub(super) fn is_spoilt(&self) -> bool {
        self.faults > 0
    }

    /// Whether more bits were read than the file contains.
    pub(super) fn is_exhausted(&self) -> bool {
        self.count < self.made_up
    }

    /// Moves after the restart marker of this number, 0 to 7. If it is lost, decides as libjpeg does: one of the next
    /// two restarts is waited for, one of the last two is skipped, any other is accepted.
    pub(super) fn restart(&mut self, number: u8) -> Restart {
        // Prefetched whole bytes cannot lie after a marker, because reading stops there.
        let mut at = self.at;
        let mut skipped = 0;
        while let Some(found) = self.bytes.get(at..).and_then(|rest| memchr::memchr(0xFF, rest)) {
            skipped += found;
            at += found + 1;
            let Some(0xD0..=0xD7) = self.bytes.get(at) else { continue };
            let ahead = (self.bytes[at] - 0xD0).wrapping_sub(number) & 7;
            match ahead {
                1 | 2 => {
                    self.faults += 1;
                    return Restart::Later;
                }
                6 | 7 => {
                    self.faults += 1;
                    at += 1;
                }
                _ => {
                    let is_sound = ahead == 0 && skipped == 0 && self.unread() == 0;
                    *self = Self { faults: self.faults + u32::from(!is_sound), ..Self::new(self.bytes, at + 1) };
                    return Restart::Here;
                }
            }
        }
        self.at = self.bytes.len();
        self.faults += 1;
        Restart::Later
    }

    /// The number of prefetched whole bytes that were not used.
    fn unread(&self) -> usize {
        (self.count.saturating_sub(self.made_up) / 8) as usize
    }

    /// The position after the last used byte, or a little further because of stuffed zeros.
    pub(super) fn used(&self) -> usize {
        self.at - self.unread().min(self.at)
    }

    /// Whether pixels are left over: only padding may follow the last pixel.
    pub(super) fn has_rest(&self) -> bool {
        let rest = self.bytes.get(self.used()..).unwrap_or_default();
        rest.iter().filter(|byte| !matches!(byte, 0 | 0xFF)).count() >= MOST_REST
    }
}

/// The number that these bits encode.
pub(super) fn extend(bits: i32, count: u32) -> i32 {
    if bits < 1 << (count - 1) { bits - (1 << count) + 1 } else { bits }
}
