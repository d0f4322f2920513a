//! Huffman codes of a JPEG, arranged so that most coefficients take one table lookup.

use domain::photo::PhotoRejection;

use super::bits::{Bits, extend};

/// The number of bits of the first lookup.
const LOOK: u32 = 11;
/// The step that ends a block; the count of the blocks that follow is added.
pub(super) const TO_THE_END: u32 = 64;

/// A table of codes.
///
/// An entry contains, from the lowest byte up: its number of bits; the number of skipped coefficients; the number of
/// further bits of the value, which the entry does not contain. The upper half is the value itself. Zero: the code is
/// longer than the lookup.
pub(super) struct Huffman {
    look: Box<[u32; 1 << LOOK]>,
    /// By length of the code: the first code after those of that length, as 16 bits, and the offset from there to the
    /// symbol.
    limits: [(u32, i32); 17],
    symbols: Vec<u8>,
}

/// The meaning of a code.
pub(super) struct Step {
    /// The number of zero coefficients before the value, or 64 and more at the end of a block.
    pub(super) zeros: usize,
    /// The coefficient.
    pub(super) value: i32,
}

impl Huffman {
    /// The table from the numbers of codes by length, and their symbols.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8], is_dc: bool) -> Result<Self, PhotoRejection> {
        let mut table = Self { look: Box::new([0; 1 << LOOK]), limits: [(0, 0); 17], symbols: symbols.to_vec() };
        let (mut code, mut index) = (0_u32, 0_usize);
        for (length, &count) in (1_u32..).zip(counts) {
            let base = i32::try_from(index).unwrap_or(0) - i32::try_from(code).unwrap_or(0);
            for _ in 0..count {
                let symbol = *symbols.get(index).ok_or(PhotoRejection::Broken)?;
                if code >= 1 << length {
                    return Err(PhotoRejection::Broken);
                }
                if length <= LOOK {
                    table.lay(code, length, symbol, is_dc);
                }
                (code, index) = (code + 1, index + 1);
            }
            table.limits[length as usize] = (code << (16 - length), base);
            code <<= 1;
        }
        Ok(table)
    }

    /// Fills all entries that begin with the code.
    fn lay(&mut self, code: u32, length: u32, symbol: u8, is_dc: bool) {
        let free = LOOK - length;
        for rest in 0..1_u32 << free {
            self.look[((code << free) | rest) as usize] = entry(symbol, length, is_dc, free, rest);
        }
    }

    /// The next coefficient.
    #[inline(always)]
    pub(super) fn next(&self, bits: &mut Bits<'_>) -> Step {
        bits.fill();
        let mut entry = self.look[bits.peek(LOOK)];
        if entry == 0 {
            entry = self.long(bits.peek(16) as u32);
            if entry == 0 {
                bits.spoil();
                entry = 16 | (TO_THE_END << 8);
            }
        }
        bits.skip(entry & 0xFF);
        let zeros = ((entry >> 8) & 0x7F) as usize;
        let size = (entry >> 15) & 0xF;
        let value = if size == 0 { (entry as i32) >> 20 } else { bits.signed(size) };
        Step { zeros, value }
    }

    /// The entry of a code that is longer than the lookup; zero if there is none.
    #[cold]
    #[inline(never)]
    fn long(&self, code: u32) -> u32 {
        for length in LOOK + 1..=16 {
            let (limit, base) = self.limits[length as usize];
            if code < limit {
                let index = i32::try_from(code >> (16 - length)).unwrap_or(0) + base;
                let symbol = usize::try_from(index).ok().and_then(|index| self.symbols.get(index));
                return entry(symbol.copied().unwrap_or(0), length, false, 0, 0);
            }
        }
        0
    }
}

/// The entry of a symbol whose code has this length, if `rest`, of `free` bits, follows it.
fn entry(symbol: u8, length: u32, is_dc: bool, free: u32, rest: u32) -> u32 {
    let size = u32::from(symbol & 0xF);
    let zeros = match (symbol >> 4, size) {
        _ if is_dc => 0,
        // 15 zeros and one more, which is the coefficient itself.
        (15, 0) => 15,
        (run, 0) => TO_THE_END + u32::from(run),
        (zeros, _) => u32::from(zeros),
    };
    if size == 0 || size > free {
        return length | (zeros << 8) | (size << 15);
    }
    let value = extend((rest >> (free - size)) as i32, size);
    (length + size) | (zeros << 8) | ((value << 20) as u32)
}
