//! The prices of a schema: expected sizes of lists, fields that run statements of their own, and writes.
//!
//! The unit inside of this module is one object: 10 objects cost 1 point. The prices themselves belong to the schema.

/// Objects that one point pays for.
pub(super) const OBJECTS_PER_POINT: u64 = 10;
/// Expected rows of a list that has no entry. Only schemas of tests have one.
pub(super) const LIST_DEFAULT: u64 = 20;
/// Rows of a page whose size is left out.
pub(super) const PAGE_DEFAULT: u64 = 20;
/// Points of `__schema` and `__type`.
pub(super) const META_COST: u64 = 20;
/// Points of a text search, for itself and again for each of its words.
pub(super) const SCAN_COST: u64 = 10;
/// Points of a write that only changes a row: one transaction that waits for the disk.
pub const COMMAND_DEFAULT: u64 = 5;

/// The prices of a schema's fields.
#[derive(Clone, Copy, Debug)]
pub struct Prices {
    /// Lists of objects without page arguments: a type, and its lists with their expected rows, `"rooms=14 plans=2"`.
    pub lists: &'static [(&'static str, &'static str)],
    /// The size of a list that `lists` does not name, by type and field.
    pub other_list: fn(on: &str, field: &str) -> Option<Size>,
    /// The work of a field whose price is not the usual one, by type and field.
    pub field_cost: fn(on: &str, field: &str) -> Option<FieldCost>,
    /// The price of a field of the mutation type.
    pub command: fn(field: &str) -> Command,
    /// Mutations of which a document may have a single one.
    pub single_mutations: &'static [&'static str],
    /// The page that is sold at a flat price, if the schema has one.
    pub flat: Option<FlatPage>,
}

impl Prices {
    /// Of a schema without prices of its own.
    pub const PLAIN: Self = Self {
        lists: &[],
        other_list: |_, _| None,
        field_cost: |_, _| None,
        command: |_| Command::new(COMMAND_DEFAULT, &[], 1, 0),
        single_mutations: &[],
        flat: None,
    };

    /// The size of the list in `field` of the type, if it is named.
    pub(super) fn list(&self, on: &str, field: &str) -> Option<Size> {
        let rows = self.entries(on).find_map(|(name, rows)| (name == field).then_some(rows));
        rows.map(Size::Expected).or_else(|| (self.other_list)(on, field))
    }

    /// Names of the table's lists, as `Type.field`.
    pub(super) fn named_lists(&self) -> impl Iterator<Item = String> {
        self.lists.iter().flat_map(|(on, _)| self.entries(on).map(move |(field, _)| format!("{on}.{field}")))
    }

    fn entries(&self, on: &str) -> impl Iterator<Item = (&'static str, u64)> + use<> {
        let of_type = self.lists.iter().find(|(name, _)| *name == on).map_or("", |(_, entries)| entries);
        of_type.split_whitespace().filter_map(|entry| {
            let (name, number) = entry.split_once('=')?;
            Some((name, number.parse().ok()?))
        })
    }

    /// The work of a field. `object`: something is selected of its value; `page`: it is a page, of which each parent
    /// has a statement of its own.
    pub(super) fn field_cost_of(&self, on: &str, field: &str, object: bool, page: bool) -> FieldCost {
        (self.field_cost)(on, field).unwrap_or_else(|| match (object, page) {
            (_, true) => FieldCost::per_row(1),
            (true, false) => FieldCost::per_field(1),
            (false, false) => FieldCost::default(),
        })
    }
}

/// How many rows a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// So many are expected.
    Expected(u64),
    /// As many as this argument has ids.
    Ids(&'static str),
    /// As many as the command around it has items.
    Batch,
}

/// What a field costs beside the objects that it answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldCost {
    /// Points for the field, because one statement answers for all rows.
    pub per_field: u64,
    /// Points for each row, because each row has a statement of its own.
    pub per_row: u64,
    /// Objects for each row, because it takes processor time: a link is signed.
    pub objects: u64,
    /// A text search reads all rows: 10 points for it and each word, beside the rest. The argument of the text, and the
    /// field of its input object.
    pub scans: Option<[&'static str; 2]>,
}

impl FieldCost {
    /// One statement for all rows, of so many points.
    pub const fn per_field(points: u64) -> Self {
        Self { per_field: points, per_row: 0, objects: 0, scans: None }
    }

    /// A statement for each row, of so many points.
    pub const fn per_row(points: u64) -> Self {
        Self { per_field: 0, per_row: points, objects: 0, scans: None }
    }
}

/// The price of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    /// Points of the command itself.
    pub base: u64,
    /// Where its items are: a list of ids or records, or a text of so many kibibytes.
    pub items: &'static [&'static str],
    /// Items that one point pays for.
    pub per_point: u64,
    /// More items than this are refused by the command itself.
    pub most: u64,
}

impl Command {
    /// The price of a command with items.
    pub const fn new(base: u64, items: &'static [&'static str], per_point: u64, most: u64) -> Self {
        Self { base, items, per_point, most }
    }
}

/// A page at a flat price, as its reference client selects it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlatPage {
    /// The type of the page.
    pub of: &'static str,
    /// The most rows of a page.
    pub most: u64,
    /// The message for a size outside of that range.
    pub range: &'static str,
    /// Points of a page.
    pub points: u64,
    /// Expected objects of the dearest kind in one row. A selection with more pays the price of a page once more for
    /// each such amount.
    pub objects: u64,
    /// Statements of all kinds in a page; likewise.
    pub statements: u64,
}
