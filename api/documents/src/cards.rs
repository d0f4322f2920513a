//! Defects as cards: number, place and status in a band, words and pictures below.

use crate::layout::draft::Item;
use crate::layout::row::Row;
use crate::layout::stack::Stack;
use crate::layout::style::{Align, BAD, BAND, BODY, GUTTER, INK, LABEL, SMALL, WIDTH};
use crate::model::{Defect, Photo, Picture};
use crate::picture::Loaded;
use crate::pins::{Drawing, with_pin};
use crate::sheet::{Sheet, color, short};
use crate::words;

/// The height of a picture at most, in widths.
const MOST_HEIGHT: f32 = 0.95;
/// The height of a box in place of a picture, in widths.
const ABSENT_HEIGHT: f32 = 0.6;
/// The size of the number in a disc.
const DISC: f32 = 6.5;
/// The size of its letters.
const DISC_TEXT: f32 = 7.0;

/// How the cards of a document look.
pub(crate) struct Look<'a> {
    /// How many pictures fit beside each other.
    pub(crate) columns: u8,
    /// How many columns the words take, at least.
    pub(crate) words: u8,
    /// The plans on which each card shows its pin; empty for none.
    pub(crate) plans: &'a [Drawing<'a>],
}

impl Look<'_> {
    /// The width of so many columns.
    fn width(&self, columns: u8) -> f32 {
        let column = (WIDTH - GUTTER * f32::from(self.columns - 1)) / f32::from(self.columns);
        column * f32::from(columns) + GUTTER * f32::from(columns.saturating_sub(1))
    }
}

impl<'f> Sheet<'f> {
    /// Adds a card; `marker` is the number of the defect's pin on a plan of the document.
    pub(crate) fn card(&mut self, defect: &Defect, marker: Option<usize>, look: &Look<'_>) {
        let mut pictures: Vec<Stack<'f>> = Vec::new();
        let plan = defect.pin.and_then(|pin| Some((look.plans.get(pin.plan)?, pin)));
        let cell = || Stack::new(self.flow.fonts, look.width(1));
        for photo in &defect.photos {
            pictures.push(self.photo(cell(), &defect.number, photo));
        }
        let beside = usize::from(look.columns - look.words) - usize::from(plan.is_some());
        let below = pictures.split_off(beside.min(pictures.len()));
        if let Some((plan, pin)) = plan {
            let shows = words::place_of(self.about.language, &defect.number);
            let drawn = with_pin(cell(), plan, (pin.x, pin.y), MOST_HEIGHT * look.width(1), &shows);
            pictures.push(drawn.gap(1.0).text(self.say(words::ON_PLAN), SMALL).text(plan.name(), SMALL));
        }
        let taken = u8::try_from(pictures.len()).unwrap_or(look.columns);
        let mut cells = vec![self.words(Stack::new(self.flow.fonts, look.width(look.columns - taken)), defect)];
        cells.append(&mut pictures);
        let last_of =
            |row: Row<'f>, is_last: bool| if is_last { row.padded(4.0, 7.0).ruled() } else { row.padded(4.0, 0.0) };
        let mut rows = vec![self.band(defect, marker), last_of(Row::new(cells), below.is_empty())];
        let more: Vec<_> = below.chunks(usize::from(look.columns)).map(<[Stack<'f>]>::to_vec).collect();
        let count = more.len();
        rows.extend(more.into_iter().enumerate().map(|(at, cells)| last_of(Row::new(cells), at + 1 == count)));
        self.flow.group(rows);
    }

    /// The band at the top of a card.
    fn band(&self, defect: &Defect, marker: Option<usize>) -> Row<'f> {
        let indent = if marker.is_some() { 2.0 * DISC + 4.0 } else { 0.0 };
        let width = WIDTH - indent - GUTTER;
        let (title, state) = (width * 0.7, width * 0.3);
        let named = std::iter::once(defect.number.as_str()).chain(defect.place.iter().map(String::as_str));
        let heading = named.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ");
        let style = BODY.bold().colored(color(defect.status.tone)).aligned(Align::Right);
        let mut row = Row::new(vec![
            Stack::new(self.flow.fonts, title).heading(3, &heading),
            Stack::new(self.flow.fonts, state).gap(0.8).text(&defect.status.text, style),
        ])
        .indented(indent);
        if let Some(number) = marker {
            let stack = Stack::new(self.flow.fonts, 2.0 * DISC).gap(0.6);
            let label = stack.label(&number.to_string(), DISC_TEXT, DISC, DISC);
            let disc = Item::Disc { x: DISC, y: DISC, radius: DISC, color: BAD };
            let shows = self.labelled(words::PLAN, &number.to_string());
            let marked = Row::new(vec![stack.figure(2.0 * DISC, vec![disc, label], &shows)]);
            row.cells.splice(0..0, marked.cells);
        }
        row.padded(2.5, 2.5).filled(BAND).with_next()
    }

    /// The words of a card.
    fn words(&self, stack: Stack<'f>, defect: &Defect) -> Stack<'f> {
        let facts = [&defect.part, &defect.kind, &defect.severity];
        let facts = facts.into_iter().filter(|text| !text.is_empty()).map(String::as_str).collect::<Vec<_>>();
        let mut stack = stack.text(&facts.join(" · "), LABEL.colored(INK).bold());
        if !defect.description.is_empty() {
            stack = stack.gap(1.5).text(&defect.description, BODY).gap(1.5);
        }
        let due = defect.due_at.map(|due| self.time(due));
        let due = due.map(|due| if defect.is_overdue { format!("{due} ({})", self.say(words::OVERDUE)) } else { due });
        let lines = [
            (words::FOUND, &defect.found, LABEL),
            (words::RESPONSIBLE, &defect.company, LABEL),
            (words::ASSIGNEE, &defect.assignee, LABEL),
            (words::DUE, &due, if defect.is_overdue { LABEL.colored(BAD) } else { LABEL }),
            (words::REPAIR, &defect.repair, LABEL),
        ];
        for (label, value, style) in lines {
            if let Some(value) = value.as_ref().filter(|value| !value.is_empty()) {
                stack = stack.text(&self.labelled(label, value), style);
            }
        }
        stack
    }

    fn photo(&self, stack: Stack<'f>, number: &str, photo: &Photo) -> Stack<'f> {
        let shows = words::photo_of(self.about.language, number, &photo.caption);
        let (most, box_height) = (MOST_HEIGHT * stack.width, ABSENT_HEIGHT * stack.width);
        let stack = match &photo.picture {
            Picture::File(bytes) => match Loaded::read(bytes) {
                Some(picture) => stack.picture(&picture, most, &shows),
                None => stack.absent(self.say(words::UNREADABLE), box_height),
            },
            Picture::Absent(why) => stack.absent(why, box_height),
        };
        let stack = stack.gap(1.0).text(&photo.caption, SMALL);
        match &photo.sha256 {
            Some(hash) => stack.text(&short(hash), SMALL),
            None => stack,
        }
    }
}
