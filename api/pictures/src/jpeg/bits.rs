//! The bits of a JPEG scan, without the zeros that are stuffed behind each 0xFF.

/// Reads bits, the highest first, up to the next marker; behind it come zeros, which are counted.
///
/// Small and copied on purpose: a copy lives in registers while a block is read.
#[derive(Clone, Copy)]
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The next bits, from the highest down.
    word: u64,
    /// How many of them are there.
    count: u32,
    /// How many of those, at the lower end, are in no file.
    made_up: u32,
}

/// Whether one of the eight bytes is 0xFF.
fn has_marker(word: u64) -> bool {
    let inverse = !word;
    inverse.wrapping_sub(0x0101_0101_0101_0101) & word & 0x8080_8080_8080_8080 != 0
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, word: 0, count: 0, made_up: 0 }
    }

    /// At least 32 bits are there afterwards: enough for a code and what follows it.
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
        // What the quick way left of a byte that it did not count.
        self.word &= !(u64::MAX >> self.count);
        while self.count <= 56 {
            let byte = match (self.bytes.get(self.at), self.bytes.get(self.at + 1)) {
                (Some(0xFF), Some(0)) => {
                    self.at += 2;
                    0xFF
                }
                (Some(0xFF), _) | (None, _) => {
                    self.made_up = self.made_up.saturating_add(8);
                    0
                }
                (Some(&byte), _) => {
                    self.at += 1;
                    byte
                }
            };
            self.word |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
        self
    }

    /// The next bits, which stay.
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

    /// Something was read that cannot be.
    pub(super) fn spoil(&mut self) {
        self.made_up = u32::MAX;
    }

    /// Whether more was read than the file holds.
    pub(super) fn is_exhausted(&self) -> bool {
        self.count < self.made_up
    }

    /// Goes behind a restart marker, where the next bits begin.
    pub(super) fn restart(&mut self) -> bool {
        // Whole bytes that were taken ahead cannot lie behind a marker: reading stops there.
        while let Some(&[first, second]) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk) {
            match (first, second) {
                (0xFF, 0xD0..=0xD7) => {
                    *self = Self::new(self.bytes, self.at + 2);
                    return true;
                }
                // Padding in front of a marker.
                (0xFF, 0xFF) => self.at += 1,
                (0xFF, 1..) => return false,
                _ => self.at += 1,
            }
        }
        false
    }

    /// Where the next marker stands, or the end.
    pub(super) fn end(&self) -> usize {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let marker = rest.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xD0..=0xD7 | 0xFF));
        self.at + marker.unwrap_or(rest.len())
    }
}

/// The number that JPEG means by these bits.
pub(super) fn extend(bits: i32, count: u32) -> i32 {
    if bits < 1 << (count - 1) { bits - (1 << count) + 1 } else { bits }
}
