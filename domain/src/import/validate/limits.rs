//! How large a file may be: well beyond real projects, and small enough to be written in one go.

/// Rooms of all units.
pub const ROOMS: usize = 60_000;
/// Units.
pub const UNITS: usize = 10_000;
/// Companies.
pub const COMPANIES: usize = 500;
/// Staff.
pub const PEOPLE: usize = 5_000;
/// Buildings.
pub const BUILDINGS: usize = 500;
/// Unit types.
pub const UNIT_TYPES: usize = 500;
/// Ranges of units.
pub const RANGES: usize = 2_000;
/// Positions on a floor.
pub const POSITIONS: usize = 100;
/// Rooms of one unit type or unit.
pub const ROOMS_OF_A_TYPE: usize = 100;
/// Corners of a room's outline.
pub const CORNERS: usize = 100;
/// Owners.
pub const OWNERS: usize = 20_000;
/// Units of one owner.
pub const UNITS_OF_AN_OWNER: usize = 500;
/// Responsibility rules.
pub const RULES: usize = 5_000;
/// Checklists.
pub const CHECKLISTS: usize = 50;
/// Items of a checklist.
pub const ITEMS: usize = 2_000;
/// Entries of each list of own vocabulary.
pub const TERMS: usize = 1_000;
/// Floors of a building.
pub const FLOORS: i32 = 200;
/// The lowest basement.
pub const LOWEST_FLOOR: i32 = -10;
/// Characters of a code.
pub const CODE: usize = 40;
/// Characters of a login.
pub const LOGIN: usize = crate::login::LONGEST;
/// Characters of a phone number.
pub const PHONE: usize = crate::text::PHONE_LIMIT;
/// Characters of an e-mail address.
pub const EMAIL: usize = crate::message::address::EMAIL_LIMIT;
/// Characters of a plan in base64: 10 MiB of picture.
pub const PLAN_BASE64: usize = 14 * 1024 * 1024;
